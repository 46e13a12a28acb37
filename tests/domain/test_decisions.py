"""What a person decided about an item outlives replays, rewordings and re-extractions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from artifact_assets.domain.art.decisions import Decision, Recheck, Ruling, decide, latest
from artifact_assets.domain.art.identity import Identified, KnownArtifactItem, assign_ids
from artifact_assets.domain.art.judgement import judge_in, recheck_in, scene_of
from artifact_assets.domain.art.policy import ArtPolicy
from artifact_assets.domain.artifact import (
    ActionItem,
    Claim,
    Content,
    FieldUpdate,
    GroundedEvidence,
    Item,
    ItemState,
    RuleFailure,
)
from artifact_assets.domain.transcript import Transcript
from tests.domain.meeting_of import claim, meeting, sales_brief

AT = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
MEETING = meeting(
    ("Ravi", "I'll send the pack to Carla by Friday."),
    ("Dana", "We have 40 seats in mind."),
    ("Mia", "Sounds good to me."),
)
ARBITRARY = claim(ActionItem(text="Send the pack to Gustav", owner="Ravi"), "I'll send the pack to Carla by Friday.", 0)
SEATS = claim(FieldUpdate(object="deal", field="seats", value="60"), "We have 40 seats in mind.", 1)


def judged(
    *claims: Claim, known: Sequence[Item] = (), formerly: Sequence[Content] = (), transcript: Transcript = MEETING
) -> Identified:
    policy = ArtPolicy()
    items = judge_in(scene_of(transcript, sales_brief(), policy), claims).items
    entries = [KnownArtifactItem(item, item.state, tuple(formerly)) for item in known]
    return assign_ids("acme", "m-1", items, entries, policy.identity)


def rechecked(transcript: Transcript = MEETING) -> Recheck:
    scene = scene_of(transcript, sales_brief(), ArtPolicy())

    def recheck(
        content: Content, evidence: Sequence[GroundedEvidence]
    ) -> tuple[tuple[GroundedEvidence, ...], tuple[RuleFailure, ...]]:
        return recheck_in(scene, content, evidence)

    return recheck


def word(item: Item, ruling: Ruling, content: Content | None = None, *waived: str, at: datetime = AT) -> Decision:
    return Decision(
        item_id=item.item_id,
        ruling=ruling,
        by="ana",
        why="checked the recording",
        at=at,
        content=content or item.content,
        original=item.content,
        evidence=item.evidence,
        waived=waived,
    )


def test_an_approved_item_is_not_held_again_by_the_same_reason() -> None:
    before = judged(ARBITRARY)
    held = before.items[0]
    assert held.state is ItemState.QUARANTINED
    decision = word(held, Ruling.APPROVE, None, "name_not_in_evidence")
    after = decide(judged(ARBITRARY, known=before.items), {held.item_id: decision}, rechecked())
    assert (after.items[0].state, after.items[0].decided_by) == (ItemState.ACCEPTED, "ana")
    assert [f.code for f in after.items[0].failures] == ["name_not_in_evidence"]


def test_a_reason_the_person_has_not_seen_holds_it_again() -> None:
    held = judged(ARBITRARY).items[0]
    decision = word(held, Ruling.APPROVE, None, "owner_unknown")
    after = decide(judged(ARBITRARY, known=[held]), {held.item_id: decision}, rechecked())
    assert after.items[0].state is ItemState.QUARANTINED


def test_what_was_approved_is_delivered_as_it_was_seen_whatever_the_next_extraction_says() -> None:
    held = judged(ARBITRARY).items[0]
    decision = word(held, Ruling.APPROVE, None, "name_not_in_evidence")
    other = claim(
        ActionItem(text="Send the pack to Gustav Holm", owner="Ravi"), "I'll send the pack to Carla by Friday.", 0
    )
    after = decide(judged(other, known=[held]), {held.item_id: decision}, rechecked())
    assert after.items[0].content == held.content


def test_a_rejected_item_never_returns_under_its_own_or_other_words() -> None:
    fine = claim(ActionItem(text="Send the pack", owner="Ravi"), "I'll send the pack to Carla by Friday.", 0)
    first = judged(fine).items[0]
    assert first.state is ItemState.ACCEPTED
    decisions = {first.item_id: word(first, Ruling.REJECT)}
    same = decide(judged(fine, known=[first]), decisions, rechecked())
    assert same.items[0].state is ItemState.REJECTED
    other = claim(
        ActionItem(text="Friday delivery for Carla", owner="Ravi"), "I'll send the pack to Carla by Friday.", 0
    )
    renamed = decide(judged(other, known=[first]), decisions, rechecked())
    assert all(item.state is not ItemState.ACCEPTED for item in renamed.items)
    assert {f.code for item in renamed.items for f in item.failures} <= {"resembles_rejected"}


def test_an_edit_that_the_evidence_backs_is_accepted() -> None:
    held = judged(SEATS).items[0]
    decision = word(held, Ruling.EDIT, FieldUpdate(object="deal", field="seats", value="40"))
    after = decide(judged(SEATS, known=[held]), {held.item_id: decision}, rechecked()).items[0]
    assert (after.state, after.asserted) == (ItemState.ACCEPTED, False)
    assert after.content == decision.content


def test_an_edit_that_the_evidence_does_not_back_is_marked_as_the_persons_own_word() -> None:
    held = judged(SEATS).items[0]
    decision = word(held, Ruling.EDIT, FieldUpdate(object="deal", field="seats", value="55"))
    after = decide(judged(SEATS, known=[held]), {held.item_id: decision}, rechecked()).items[0]
    assert (after.state, after.asserted) == (ItemState.ACCEPTED, True)


def test_no_person_makes_an_invalid_value_valid() -> None:
    held = judged(SEATS).items[0]
    decision = word(held, Ruling.EDIT, FieldUpdate(object="deal", field="seats", value="many"))
    after = decide(judged(SEATS, known=[held]), {held.item_id: decision}, rechecked()).items[0]
    assert after.state is ItemState.QUARANTINED
    with pytest.raises(ValidationError, match="cannot be waived"):
        word(held, Ruling.APPROVE, None, "field_not_configured")


def test_an_edited_item_is_recognized_by_the_words_the_extractor_keeps_using() -> None:
    first = judged(claim(ActionItem(text="Send the pack", owner="Ravi"), "I'll send the pack to Carla by Friday.", 0))
    edited = first.items[0].model_copy(update={"content": ActionItem(text="Ruby jug?", owner="Ravi")})
    again = judged(
        claim(ActionItem(text="Send the pack", owner="Ravi"), "I'll send the pack to Carla by Friday.", 0),
        known=[edited],
        formerly=[first.items[0].content],
    )
    assert again.items[0].item_id == first.items[0].item_id


def test_a_persons_word_keeps_an_item_the_extractor_no_longer_finds() -> None:
    held = judged(ARBITRARY).items[0]
    decisions = {held.item_id: word(held, Ruling.APPROVE, None, "name_not_in_evidence")}
    after = decide(judged(known=[held]), decisions, rechecked())
    assert [item.state for item in after.superseded] == [ItemState.ACCEPTED]


def test_not_even_a_persons_word_keeps_what_a_corrected_transcript_no_longer_says() -> None:
    held = judged(ARBITRARY).items[0]
    decisions = {held.item_id: word(held, Ruling.APPROVE, None, "name_not_in_evidence")}
    corrected = meeting(("Ravi", "Nothing of the kind was ever discussed here."), ("Mia", "Right."))
    after = decide(judged(known=[held], transcript=corrected), decisions, rechecked(corrected))
    assert [item.state for item in after.superseded] == [ItemState.SUPERSEDED]


def test_the_newest_decision_counts() -> None:
    held = judged(ARBITRARY).items[0]
    first, second = word(held, Ruling.REJECT), word(held, Ruling.APPROVE, at=AT + timedelta(minutes=1))
    assert latest([second, first])[held.item_id] is second


def test_items_nobody_decided_on_are_left_alone() -> None:
    before = judged(ARBITRARY, SEATS)
    assert decide(before, {}, rechecked()) == before
