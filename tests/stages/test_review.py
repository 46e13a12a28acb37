"""What a reviewer sees and decides, over the real ledger, store and embedded destination."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from artifact_assets.configuration.schema import Configuration
from artifact_assets.domain.art.decisions import Ruling
from artifact_assets.domain.artifact import (
    ActionItem,
    Claim,
    Content,
    Evidence,
    Extraction,
    ExtractorTrace,
    FieldUpdate,
    ItemState,
)
from artifact_assets.domain.brief import Brief, FieldRule, FieldType
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.records import Checkpoint
from artifact_assets.domain.states import STAGES, MeetingState
from artifact_assets.domain.transcript import Transcript
from artifact_assets.stages.reading_back import stored_case
from artifact_assets.stages.review import ReviewDesk, Waiting
from artifact_assets.stages.walk import Walk
from tests.pipeline.world import World, opened_world

LINES = (
    "Ana: We need forty seats for the first year.",
    "Ben: I'll send the revised quote to Carla by Friday.",
    "Carla: Good, and I'll ask our lawyers about the annex.",
)
SEATS = FieldUpdate(object="deal", field="seats", value="60")
QUOTE = ActionItem(text="Send the revised quote to Gustav", owner="Ben")
LAWYERS = ActionItem(text="Ask the lawyers about the annex", owner="Carla")


class SaysThis:
    """An extractor that claims what it is told to, with the whole turn as its quote."""

    def __init__(self, *claims: tuple[Content, int], name: str = "first") -> None:
        self.claims = claims
        self.name = name

    @property
    def identity(self) -> Mapping[str, str]:
        return {"name": self.name}

    async def extract(self, transcript: Transcript, transcript_digest: str, brief: Brief) -> Extraction:
        claims = tuple(
            Claim(content=content, evidence=(Evidence(turns=(turn,), quote=transcript.turns[turn].text),))
            for content, turn in self.claims
        )
        trace = ExtractorTrace(extractor="scripted", version="1")
        return Extraction(transcript_digest=transcript_digest, trace=trace, claims=claims)


def quiet(checkpoint: Checkpoint, *, reused: bool) -> None:
    del checkpoint, reused


@pytest.fixture
def world(tmp_path: Path) -> Generator[World]:
    configuration = Configuration(fields=(FieldRule(object="deal", field="seats", type=FieldType.NUMBER),))
    with opened_world(tmp_path, configuration=configuration) as opened:
        extracting(opened, (SEATS, 0), (QUOTE, 1), (LAWYERS, 2))
        opened.receive(opened.write("call.txt", LINES))
        walk(opened)
        yield opened


def extracting(world: World, *claims: tuple[Content, int], name: str = "first") -> None:
    world.equipment = replace(world.equipment, extractor=SaysThis(*claims, name=name))


T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def walk(world: World) -> None:
    run(Walk(world.equipment, "run", frozenset(STAGES), quiet).over(["call"]))


def desk(world: World) -> ReviewDesk:
    return ReviewDesk(world.equipment)


def waiting(world: World, **narrowed: Any) -> dict[str, Waiting]:
    return {w.item.content.kind: w for w in run(desk(world).waiting(**narrowed))}


def states(world: World) -> dict[Content, ItemState]:
    case = run(stored_case(world.equipment, "call"))
    assert case is not None
    return {item.content: item.state for item in run(case.artifact()).items}


def deliver(world: World) -> None:
    run(desk(world).deliver(["call"], "review", quiet))


def test_a_reviewer_sees_why_an_item_waits_and_where_in_the_source_it_stands(world: World) -> None:
    seats = waiting(world)["field_update"]
    assert seats.codes == ("number_not_in_evidence",)
    (place,) = seats.places
    assert (place.speaker, place.source, place.said) == ("Ana", "line 1", "We need forty seats for the first year.")


def test_held_items_are_narrowed_by_kind_and_reason(world: World) -> None:
    assert set(waiting(world)) == {"field_update", "action_item"}
    assert set(waiting(world, kind="action_item")) == {"action_item"}
    assert set(waiting(world, code="number_not_in_evidence")) == {"field_update"}
    assert waiting(world, meeting_ids=["other"]) == {}


def test_only_what_is_approved_is_delivered_and_what_was_written_stays_as_it_is(world: World) -> None:
    before = world.intents()
    assert [intent.payload["title"] for intent in before] == [LAWYERS.text]
    held = waiting(world)["action_item"].item
    (reviewed,) = run(desk(world).approve([held.item_id], "ana", "Gustav is Carla's new name"))
    assert (reviewed.ruling, reviewed.state) == (Ruling.APPROVE, ItemState.ACCEPTED)
    assert len(world.intents()) == 1
    deliver(world)
    assert sorted(intent.payload["title"] for intent in world.intents()) == [LAWYERS.text, QUOTE.text]
    assert {i.intent_key: i.attempts for i in world.intents()}[before[0].intent_key] == before[0].attempts
    assert set(waiting(world)) == {"field_update"}


def test_an_approval_outlives_a_replay_and_another_wording(world: World) -> None:
    run(desk(world).approve([waiting(world)["action_item"].item.item_id], "ana", "right"))
    deliver(world)
    extracting(world, (QUOTE.model_copy(update={"text": "Send Gustav that revised quote"}), 1), name="second")
    walk(world)
    assert states(world)[QUOTE] is ItemState.ACCEPTED
    assert len([i for i in world.intents() if i.item_id == waiting_id(world, QUOTE)]) == 1


def waiting_id(world: World, content: Content) -> str:
    case = run(stored_case(world.equipment, "call"))
    assert case is not None
    return next(item.item_id for item in run(case.artifact()).items if item.content == content)


def test_a_rejected_item_does_not_return_with_the_next_extraction(world: World) -> None:
    run(desk(world).reject([w.item.item_id for w in waiting(world).values()], "ana", "wrong"))
    deliver(world)
    assert waiting(world) == {}
    assert world.meetings()["call"].state is MeetingState.DELIVERED
    extracting(world, (SEATS, 0), (QUOTE, 1), (LAWYERS, 2), name="second")
    walk(world)
    assert (states(world)[SEATS], states(world)[QUOTE]) == (ItemState.REJECTED, ItemState.REJECTED)
    # Not found at all once, and found again: still rejected.
    extracting(world, (LAWYERS, 2), name="third")
    walk(world)
    extracting(world, (SEATS, 0), (QUOTE, 1), (LAWYERS, 2), name="fourth")
    walk(world)
    assert states(world)[SEATS] is ItemState.REJECTED
    assert [intent.payload["title"] for intent in world.intents()] == [LAWYERS.text]


def test_an_edited_value_is_checked_against_the_evidence(world: World) -> None:
    seats = waiting(world)["field_update"].item.item_id
    backed = run(desk(world).edit(seats, {"value": "40"}, "ana", "she says forty"))
    assert (backed.state, backed.asserted) == (ItemState.ACCEPTED, False)
    own_word = run(desk(world).edit(seats, {"value": "55"}, "ana", "told me on the phone"))
    assert (own_word.state, own_word.asserted) == (ItemState.ACCEPTED, True)
    deliver(world)
    fields = [intent.payload for intent in world.intents() if intent.operation == "set_field"]
    assert [payload["value"] for payload in fields] == ["55"]


def test_an_edited_value_outlives_a_replay(world: World) -> None:
    seats = waiting(world)["field_update"].item.item_id
    run(desk(world).edit(seats, {"value": "40"}, "ana", "she says forty"))
    deliver(world)
    extracting(world, (SEATS, 0), (LAWYERS, 2), name="second")
    walk(world)
    assert states(world)[SEATS.model_copy(update={"value": "40"})] is ItemState.ACCEPTED


@pytest.mark.parametrize("changes", [{}, {"mood": "x"}, {"kind": "tag"}, {"due": "soon"}])
def test_a_senseless_edit_is_refused_and_nothing_is_recorded(world: World, changes: dict[str, str | None]) -> None:
    task = waiting(world)["action_item"].item.item_id
    with pytest.raises(PipelineError, match="not edited"):
        run(desk(world).edit(task, changes, "ana", "because"))
    assert run(world.ledger.interventions("call")) == ()


def test_no_person_approves_an_invalid_value(world: World) -> None:
    with pytest.raises(PipelineError, match="value_invalid"):
        run(desk(world).edit(waiting(world)["field_update"].item.item_id, {"value": "many"}, "ana", "because"))
    assert run(world.ledger.interventions("call")) == ()


def test_a_decision_needs_who_and_why_and_an_item_that_exists(world: World) -> None:
    item = waiting(world)["action_item"].item.item_id
    for by, why in (("", "because"), ("ana", "  ")):
        with pytest.raises(PipelineError, match="who makes it and why"):
            run(desk(world).approve([item], by, why))
    with pytest.raises(PipelineError, match="No stored meeting has an item"):
        run(desk(world).approve([item, "nothing"], "ana", "because"))
    assert run(world.ledger.interventions("call")) == ()


def test_a_decision_is_recorded_as_an_intervention_without_words_of_the_meeting(world: World) -> None:
    item = waiting(world)["action_item"].item.item_id
    run(desk(world).approve([item], "ana", "right"))
    (entry,) = run(world.ledger.interventions("call"))
    assert (entry.who, entry.why, entry.action, entry.item_id) == ("ana", "right", "review_approve", item)
    assert set(entry.details) == {"decision", "waived"}
    assert "Gustav" not in str(entry.details)


def test_a_lost_decision_stops_the_meeting_instead_of_being_forgotten(world: World, tmp_path: Path) -> None:
    run(desk(world).reject([waiting(world)["action_item"].item.item_id], "ana", "wrong"))
    (entry,) = run(world.ledger.interventions("call"))
    Path(world.equipment.store.location(entry.details["decision"])).unlink()
    deliver(world)
    assert world.meetings()["call"].state in (MeetingState.FAILED, MeetingState.DEFERRED)
    assert [intent.payload["title"] for intent in world.intents()] == [LAWYERS.text]
