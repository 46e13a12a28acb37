"""What the ledger promises about meetings and stages, on SQLite and on PostgreSQL.

What belongs here: scenarios through the ``Ledger`` port. What does not: writes (see ``test_ledger_intents``) and how
commits are grouped (see ``test_ledger_writer``). It cannot show that a power cut loses nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Counts, Intervention, Reception, Transition
from artifact_assets.domain.states import MeetingState, Stage
from resources.ledger.ledger import SqlLedger
from tests.clock import NOON, ScriptedClock
from tests.contracts.ledger_values import arrival, checkpoint, held, item, later, planned, stage_commit


async def test_a_first_arrival_is_new_and_every_column_comes_back(ledger: SqlLedger) -> None:
    meeting, reception = await ledger.receive(arrival(), NOON)
    assert reception is Reception.NEW
    assert meeting == await ledger.meeting("sync")
    assert (meeting.state, meeting.received_at, meeting.updated_at) == (MeetingState.RECEIVED, NOON, NOON)
    assert {name: getattr(meeting, name) for name in vars(arrival())} == vars(arrival())
    assert await ledger.transitions("sync") == (Transition("sync", None, MeetingState.RECEIVED, NOON),)


async def test_the_same_digests_again_change_nothing(ledger: SqlLedger) -> None:
    first, _ = await ledger.receive(arrival(), NOON)
    again, reception = await ledger.receive(arrival(), later(9))
    assert (again, reception) == (first, Reception.SAME)
    assert len(await ledger.transitions("sync")) == 1


@pytest.mark.parametrize(
    "change", [{"transcript_digest": "b" * 64}, {"sidecar_digest": "6" * 64}, {"sidecar_digest": None}]
)
async def test_another_digest_from_the_same_source_is_a_revision_and_clears_the_failure(
    ledger: SqlLedger, change: dict[str, Any]
) -> None:
    await held(ledger)
    failed = stage_commit(
        state=MeetingState.DEFERRED,
        checkpoint=None,
        failure_class=FailureClass.MODEL_TIMEOUT,
        cause="slow",
        next_attempt_at=later(99),
    )
    await ledger.commit(failed)
    before = await ledger.meeting("sync")
    assert before is not None
    assert (before.failure_class, before.next_attempt_at) == (FailureClass.MODEL_TIMEOUT, later(99))
    meeting, reception = await ledger.receive(arrival(**change), later(30))
    assert reception is Reception.REVISED
    assert meeting == await ledger.meeting("sync")
    assert (meeting.state, meeting.failure_class, meeting.cause, meeting.next_attempt_at) == (
        MeetingState.RECEIVED,
        None,
        None,
        None,
    )
    assert meeting.revision != before.revision
    assert (meeting.received_at, meeting.updated_at) == (NOON, later(30))
    assert [t.after for t in await ledger.transitions("sync")][-2:] == [MeetingState.DEFERRED, MeetingState.RECEIVED]


async def test_the_same_transcript_found_elsewhere_is_adopted(ledger: SqlLedger) -> None:
    await ledger.receive(arrival(), NOON)
    meeting, reception = await ledger.receive(arrival(source="/archive/sync.vtt"), later(1))
    assert reception is Reception.SAME
    assert meeting.source == "/archive/sync.vtt"
    assert meeting == await ledger.meeting("sync")


async def test_other_content_from_another_source_is_refused_without_the_names_of_files(ledger: SqlLedger) -> None:
    first, _ = await ledger.receive(arrival(), NOON)
    with pytest.raises(PipelineError) as refusal:
        await ledger.receive(arrival(content="b", source="/inbox/other\n.vtt"), later(1))
    assert refusal.value.failure_class is FailureClass.UNREADABLE_INPUT
    assert "received for sync" in refusal.value.cause
    assert "/inbox/" not in refusal.value.cause
    assert "\n" not in refusal.value.cause
    assert await ledger.meeting("sync") == first


async def test_hostile_file_names_come_back_as_they_were(ledger: SqlLedger) -> None:
    names = ["a\nb.vtt", "\udcff\udc80.vtt", "nul\0.vtt", 'json:"x"', "x" * 300, "名前.vtt", ""]
    for number, name in enumerate(names):
        await ledger.receive(arrival(f"m{number}", source=name, file_name=name), NOON)
    assert [(m.source, m.file_name) for m in await ledger.meetings()] == [(name, name) for name in names]


async def test_meetings_are_listed_in_the_order_received_and_by_state_class_and_id(ledger: SqlLedger) -> None:
    for name in ("c", "a", "b"):
        await held(ledger, name)
    await ledger.commit(
        stage_commit("a", state=MeetingState.FAILED, failure_class=FailureClass.EMPTY_TRANSCRIPT, checkpoint=None)
    )
    assert [m.meeting_id for m in await ledger.meetings()] == ["c", "a", "b"]
    assert [m.meeting_id for m in await ledger.meetings(state=MeetingState.RECEIVED)] == ["c", "b"]
    assert [m.meeting_id for m in await ledger.meetings(failure_class=FailureClass.EMPTY_TRANSCRIPT)] == ["a"]
    assert [m.meeting_id for m in await ledger.meetings(ids=["b", "c", "nobody"])] == ["c", "b"]
    assert await ledger.meetings(ids=[]) == ()
    assert await ledger.meeting("nobody") is None


async def test_a_meeting_is_held_by_one_owner_at_a_time(ledger: SqlLedger, clock: ScriptedClock) -> None:
    await ledger.receive(arrival(), NOON)
    first = await ledger.begin("sync", "run-1", 60)
    assert first is not None
    assert (first.meeting.lease_owner, first.meeting.lease_until, first.meeting.attempts) == ("run-1", later(60), 1)
    assert await ledger.begin("sync", "run-2", 60) is None
    again = await ledger.begin("sync", "run-1", 90)
    assert again is not None
    assert (again.meeting.attempts, again.meeting.lease_until) == (2, later(90))
    clock.forward(91)
    taken = await ledger.begin("sync", "run-2", 60)
    assert taken is not None
    assert taken.meeting == await ledger.meeting("sync")
    assert taken.meeting.lease_owner == "run-2"


async def test_owners_that_never_gave_a_meeting_back_are_counted_until_something_is_stored(ledger: SqlLedger) -> None:
    await held(ledger)
    for deaths, owner in enumerate(("run-2", "run-3"), 1):
        opened = await ledger.begin("sync", owner, 60, displacing=f"run-{deaths}")
        assert opened is not None
        assert opened.meeting.deaths == deaths
    await ledger.release("sync", "run-3")
    again = await ledger.begin("sync", "run-4", 60)
    assert again is not None
    assert again.meeting.deaths == 2, "giving it back unfinished proves nothing"
    await ledger.commit(stage_commit(owner="run-4"))
    stored = await ledger.meeting("sync")
    assert stored is not None
    assert stored.deaths == 0


async def test_a_lease_is_given_back_by_its_owner_only(ledger: SqlLedger) -> None:
    await held(ledger)
    await ledger.release("sync", "run-2")
    assert await ledger.begin("sync", "run-2", 60) is None
    await ledger.release("sync", "run-1")
    assert await ledger.begin("sync", "run-2", 60) is not None


async def test_a_lease_is_renewed_by_its_owner_only(ledger: SqlLedger, clock: ScriptedClock) -> None:
    for name in ("mine", "theirs"):
        await held(ledger, name, owner=name)
    clock.forward(30)
    await ledger.renew(("mine", "theirs", "nobody"), "mine", 60)
    assert [m.lease_until for m in await ledger.meetings()] == [later(90), later(60)]


async def test_a_dead_owner_is_displaced_before_its_lease_runs_out(ledger: SqlLedger) -> None:
    await held(ledger)
    assert await ledger.begin("sync", "run-2", 60, displacing="run-0") is None
    assert await ledger.begin("sync", "run-2", 60, displacing="run-1") is not None


async def test_an_unknown_meeting_cannot_be_begun(ledger: SqlLedger) -> None:
    with pytest.raises(PipelineError) as refusal:
        await ledger.begin("nobody", "run-1", 60)
    assert refusal.value.failure_class is FailureClass.UNREADABLE_INPUT


async def test_a_stage_is_stored_whole_and_read_back_on_opening(ledger: SqlLedger) -> None:
    await held(ledger)
    await ledger.commit(stage_commit(items=(item(), item("item-2")), kind="interview", cause="two held back"))
    await ledger.plan((planned(),), later(6))
    meeting = await ledger.meeting("sync")
    assert meeting is not None
    assert (meeting.state, meeting.counts, meeting.kind) == (MeetingState.NORMALIZED, Counts(5, 2, 1), "interview")
    assert (meeting.updated_at, meeting.run_id, meeting.cause) == (later(5), "run-1", "two held back")
    assert (await ledger.transitions("sync"))[1:] == (
        Transition("sync", MeetingState.RECEIVED, MeetingState.NORMALIZED, later(5), "run-1", 1, "two held back"),
    )
    opened = await ledger.begin("sync", "run-1", 60)
    assert opened is not None
    assert opened.checkpoints == (checkpoint(),) == await ledger.checkpoints("sync")
    assert opened.items == (item(), item("item-2")) == await ledger.items("sync")
    assert opened.intents == await ledger.intents(meeting_id="sync")
    assert [intent.intent_key for intent in opened.intents] == ["task-1"]


async def test_counts_and_kind_stay_when_a_stage_does_not_tell_them(ledger: SqlLedger) -> None:
    await held(ledger)
    await ledger.commit(stage_commit(items=(item(),)))
    await ledger.commit(stage_commit(state=MeetingState.EXTRACTED, counts=None))
    meeting = await ledger.meeting("sync")
    assert meeting is not None
    assert (meeting.counts, meeting.kind) == (Counts(5, 2, 1), "sales")
    assert await ledger.items("sync") == (item(),)


async def test_items_given_are_the_complete_new_set(ledger: SqlLedger) -> None:
    await held(ledger)
    await held(ledger, "other")
    await ledger.commit(stage_commit("other", checkpoint=None, items=(item(meeting_id="other"),)))
    await ledger.commit(stage_commit(items=(item(), item("item-2"))))
    await ledger.commit(stage_commit(items=(item("item-2", document="f" * 64),)))
    assert await ledger.items("sync") == (item("item-2", document="f" * 64),)
    assert await ledger.items("other") == (item(meeting_id="other"),)


async def test_nothing_is_stored_for_an_owner_who_lost_the_lease(ledger: SqlLedger, clock: ScriptedClock) -> None:
    await held(ledger)
    clock.forward(61)
    await ledger.begin("sync", "run-2", 60)
    before = await ledger.meeting("sync")
    with pytest.raises(PipelineError) as refusal:
        await ledger.commit(stage_commit(items=(item(),)))
    assert refusal.value.failure_class is FailureClass.INTERNAL_ERROR
    assert (await ledger.meeting("sync"), await ledger.checkpoints("sync"), await ledger.items("sync")) == (
        before,
        (),
        (),
    )


async def test_a_lease_that_ran_out_still_counts_while_nobody_took_the_meeting(
    ledger: SqlLedger, clock: ScriptedClock
) -> None:
    await held(ledger)
    clock.forward(61)
    await ledger.commit(stage_commit())
    assert await ledger.checkpoints("sync") == (checkpoint(),)


async def test_a_revision_received_meanwhile_is_still_to_be_done(ledger: SqlLedger) -> None:
    await held(ledger)
    begun = await ledger.meeting("sync")
    assert begun is not None
    revised, _ = await ledger.receive(arrival(content="b"), later(2))
    assert revised.lease_owner == "run-1"
    await ledger.commit(stage_commit(state=MeetingState.DELIVERED, revision=begun.revision))
    assert await ledger.meeting("sync") == revised
    assert await ledger.checkpoints("sync") == (checkpoint(),)
    await ledger.commit(stage_commit(state=MeetingState.NORMALIZED, revision=revised.revision))
    after = await ledger.meeting("sync")
    assert after is not None
    assert after.state is MeetingState.NORMALIZED


async def test_a_result_under_a_known_key_replaces_it_and_becomes_the_latest(ledger: SqlLedger) -> None:
    await held(ledger)
    for made in (
        checkpoint(),
        checkpoint(key="k", created_at=later(2)),
        checkpoint(document="f" * 64, created_at=later(3)),
    ):
        await ledger.commit(stage_commit(checkpoint=made))
    opened = await ledger.begin("sync", "run-1", 60)
    assert opened is not None
    assert [c.key for c in opened.checkpoints] == ["k", "c" * 64]
    latest = opened.latest(Stage.NORMALIZED)
    assert latest is not None
    assert latest.document == "f" * 64


async def test_events_stay_pending_until_told_and_a_newer_result_has_its_own(ledger: SqlLedger) -> None:
    await held(ledger)
    first, second = checkpoint(), checkpoint(stage=Stage.EXTRACTED, key="e" * 64)
    await ledger.commit(stage_commit(checkpoint=first))
    await ledger.commit(stage_commit(checkpoint=second))
    assert await ledger.pending(10) == (first, second)
    assert await ledger.pending(1) == (first,)
    again = replace(first, run_id="run-2", created_at=later(50))
    await ledger.commit(stage_commit(checkpoint=again))
    await ledger.logged([first, second])
    assert await ledger.pending(10) == (again,)
    await ledger.logged([again])
    assert await ledger.pending(10) == ()
    assert not any(c.event_pending for c in await ledger.checkpoints("sync"))


async def test_interventions_are_remembered(ledger: SqlLedger) -> None:
    did = Intervention(NOON, "Bo", "wrong deal", "resolve", "sync", "item-1", {"intent": "task-1"})
    await ledger.intervene(did)
    await ledger.intervene(replace(did, meeting_id=None))
    assert await ledger.interventions("sync") == (did,)


async def test_marks_are_kept_by_source_and_the_last_one_counts(ledger: SqlLedger) -> None:
    await ledger.mark({"/inbox/a\udcff": "1", "/inbox/b": "1"})
    await ledger.mark({"/inbox/b": "2"})
    assert await ledger.marks() == {"/inbox/a\udcff": "1", "/inbox/b": "2"}
    assert await ledger.marks(["/inbox/b", "/inbox/never-seen"]) == {"/inbox/b": "2"}
