"""An item keeps its id across re-extractions, whoever words it and in whatever order."""

from __future__ import annotations

from itertools import permutations
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from artifact_assets.domain.art.assignment import assign
from artifact_assets.domain.art.identity import Identified, KnownArtifactItem, assign_ids
from artifact_assets.domain.art.judged import JudgedItem
from artifact_assets.domain.art.policy import IdentityPolicy
from artifact_assets.domain.artifact import (
    ActionItem,
    Alignment,
    Content,
    Decision,
    FieldUpdate,
    GroundedEvidence,
    Item,
    ItemState,
    Span,
    Tag,
)

POLICY = IdentityPolicy()
THINGS = ("contract", "invoice", "warehouse", "certificate", "portal", "scanner", "pilot", "budget", "audit")


def judged(content: Content, turn: int, start: int = 0, end: int = 40) -> JudgedItem:
    span = Span(turn=turn, start=start, end=end)
    evidence = GroundedEvidence(turns=(turn,), quote="q", alignment=Alignment.EXACT, score=100, spans=(span,))
    return JudgedItem(content=content, evidence=(evidence,), state=ItemState.ACCEPTED)


def ids(items: list[JudgedItem], known: tuple[KnownArtifactItem, ...] = ()) -> Identified:
    return assign_ids("acme", "m-1", items, known, POLICY)


def known(identified: Identified, state: ItemState | None = None) -> tuple[KnownArtifactItem, ...]:
    return tuple(KnownArtifactItem(item, state or item.state) for item in identified.items)


def id_by_text(identified: Identified) -> dict[str, str]:
    return {
        item.content.text: item.item_id for item in identified.items if isinstance(item.content, ActionItem | Decision)
    }


ITEMS = st.lists(
    st.tuples(
        st.sampled_from((ActionItem, Decision)),
        st.sampled_from(THINGS),
        st.sampled_from(THINGS),
        st.integers(0, 12),
        st.sampled_from((0, 20, 60)),
    ),
    max_size=12,
).map(
    lambda rows: [
        judged(kind(text=f"Send the {a} to the {b} team"), turn, start, start + 30) for kind, a, b, turn, start in rows
    ]
)


@given(ITEMS)
@settings(max_examples=60, deadline=None)
def test_no_two_items_share_an_id_and_an_identical_extraction_means_identical_ids(items: list[JudgedItem]) -> None:
    first = ids(items)
    assert len({item.item_id for item in first.items}) == len(items)
    again = ids(items, known(first))
    assert sorted(item.item_id for item in again.items) == sorted(item.item_id for item in first.items)
    assert not again.superseded
    assert not again.added


@given(ITEMS, st.integers())
@settings(max_examples=60, deadline=None)
def test_order_does_not_matter(items: list[JudgedItem], seed: int) -> None:
    shuffled, first = list(items), ids(items)
    Random(seed).shuffle(shuffled)

    def pairs(identified: Identified) -> list[tuple[str, str]]:
        return sorted((item.item_id, item.model_dump_json(exclude={"item_id"})) for item in identified.items)

    assert pairs(ids(shuffled)) == pairs(first)
    entries = list(known(first))
    Random(seed).shuffle(entries)
    assert pairs(ids(shuffled, tuple(entries))) == pairs(ids(items, known(first)))


@given(st.lists(st.sampled_from(THINGS), unique=True, min_size=1), st.integers(0, 5))
@settings(max_examples=40, deadline=None)
def test_reworded_items_keep_their_ids(things: list[str], shift: int) -> None:
    before = ids([judged(ActionItem(text=f"Send the {t} to the customer"), n) for n, t in enumerate(things)])
    reworded = [
        judged(ActionItem(text=f"The {t} has to be sent to the customer by us"), n, shift, 40 + shift)
        for n, t in enumerate(things)
    ]
    after = ids(reworded, known(before))
    assert [item.item_id for item in after.items] == [item.item_id for item in before.items]


def test_two_things_said_in_one_breath_get_two_ids_and_keep_them() -> None:
    pair = [judged(ActionItem(text="Send the contract"), 3), judged(ActionItem(text="Book a room in Lyon"), 3)]
    first = ids(pair)
    assert first.items[0].item_id != first.items[1].item_id
    assert id_by_text(ids(pair[::-1], known(first))) == id_by_text(first)


def test_an_id_is_stored_and_not_computed_again() -> None:
    first = ids([judged(ActionItem(text="Send the contract"), 3, 10, 50)])
    moved = ids([judged(ActionItem(text="Send the contract"), 3, 30, 60)], known(first))
    assert moved.items[0].item_id == first.items[0].item_id
    assert ids([judged(ActionItem(text="Send the contract"), 3, 30, 60)]).items[0].item_id != first.items[0].item_id


def test_a_corrected_value_of_a_field_is_the_same_item() -> None:
    first = ids([judged(FieldUpdate(object="deal", field="amount", value="25000"), 3)])
    after = ids([judged(FieldUpdate(object="deal", field="amount", value="30000"), 40)], known(first))
    assert after.items[0].item_id == first.items[0].item_id


def test_another_kind_field_or_tag_is_another_item() -> None:
    first = ids([judged(Tag(tag="pricing"), 3), judged(Decision(text="Send the contract"), 3)])
    after = ids([judged(Tag(tag="security"), 3), judged(ActionItem(text="Send the contract"), 3)], known(first))
    assert not after.kept
    assert len(after.superseded) == 2


def test_a_split_keeps_the_id_on_the_more_alike_part() -> None:
    before = ids([judged(ActionItem(text="Send the contract and book the room"), 3, 0, 80)])
    parts = [
        judged(ActionItem(text="Send the contract and the annex"), 3, 0, 40),
        judged(ActionItem(text="Send the contract and book the room today"), 3, 40, 80),
    ]
    after = ids(parts, known(before))
    assert after.items[1].item_id == before.items[0].item_id
    assert len(after.added) == 1


def test_a_merge_keeps_the_more_alike_id_and_supersedes_the_other() -> None:
    before = ids(
        [judged(ActionItem(text="Send the contract"), 3, 0, 40), judged(ActionItem(text="Book the room"), 3, 40, 80)]
    )
    after = ids([judged(ActionItem(text="Send the contract, book a room"), 3, 0, 80)], known(before))
    assert after.items[0].item_id == before.items[0].item_id
    assert [(item.item_id, item.state) for item in after.superseded] == [
        (before.items[1].item_id, ItemState.SUPERSEDED)
    ]


def test_the_matching_is_the_best_one_and_not_the_first_one() -> None:
    # Greedy by order would give the first known item the half-alike new one.
    before = ids(
        [
            judged(ActionItem(text="Send the contract to legal"), 3),
            judged(ActionItem(text="Send the contract to Ann"), 3),
        ]
    )
    after = ids(
        [judged(ActionItem(text="Send the contract to Ann today"), 3), judged(ActionItem(text="Contract to legal"), 3)],
        known(before),
    )
    assert [item.item_id for item in after.items] == [before.items[1].item_id, before.items[0].item_id]


def test_what_comes_back_after_being_superseded_gets_its_id_back() -> None:
    first = ids([judged(ActionItem(text="Send the contract"), 3)])
    gone = ids([], known(first))
    back = ids(
        [judged(ActionItem(text="Send the contract"), 3)],
        tuple(KnownArtifactItem(item, ItemState.SUPERSEDED) for item in gone.superseded),
    )
    assert back.items[0].item_id == first.items[0].item_id


def test_a_rejected_item_that_is_not_found_again_stays_known_as_rejected() -> None:
    first = ids([judged(ActionItem(text="Send the contract"), 3)])
    assert ids([], known(first, ItemState.REJECTED)).superseded[0].state is ItemState.REJECTED


def test_claims_without_a_place_get_ids_of_their_own() -> None:
    nowhere = GroundedEvidence(turns=(1,), quote="q", alignment=Alignment.NONE, score=0)
    items = [
        JudgedItem(content=Decision(text=text), evidence=(nowhere,), state=ItemState.QUARANTINED)
        for text in ("Buy", "Sell")
    ]
    assert len({item.item_id for item in ids(items).items}) == 2


def test_meetings_and_tenants_share_no_id() -> None:
    items = [judged(ActionItem(text="Send the contract"), 3)]
    made = {assign_ids(t, m, items, (), POLICY).items[0].item_id for t in ("acme", "globex") for m in ("m-1", "m-2")}
    assert len(made) == 4


@given(st.integers(1, 5), st.integers(0, 2), st.data())
@settings(max_examples=80, deadline=None)
def test_an_assignment_costs_as_little_as_any(rows: int, more: int, data: st.DataObject) -> None:
    columns = rows + more
    cost = st.lists(st.integers(0, 9).map(float), min_size=columns, max_size=columns)
    costs = data.draw(st.lists(cost, min_size=rows, max_size=rows))
    chosen = assign(costs)
    assert len(set(chosen)) == rows
    least = min(sum(costs[r][c] for r, c in enumerate(p)) for p in permutations(range(columns), rows))
    assert sum(costs[r][c] for r, c in enumerate(chosen)) == least


def stored(item: Item) -> Item:
    return Item.model_validate_json(item.model_dump_json())


def test_matching_works_on_items_read_back_from_the_store() -> None:
    first = ids([judged(ActionItem(text="Send the contract"), 3)])
    entry = KnownArtifactItem(stored(first.items[0]), ItemState.ACCEPTED)
    assert ids([judged(ActionItem(text="Send the contract"), 3)], (entry,)).items == first.items
