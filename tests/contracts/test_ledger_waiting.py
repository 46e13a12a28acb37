"""Which unfinished meetings the ledger tells the drain of, on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace

from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.states import MeetingState
from resources.ledger.ledger import SqlLedger
from tests.clock import NOON
from tests.contracts.ledger_values import arrival, later, stage_commit


async def test_unfinished_meetings_are_found_when_they_are_due_or_left_alone(ledger: SqlLedger) -> None:
    names = ("left", "fresh", "held", "put-off", "later", "done")
    for number, name in enumerate(names):
        when = later(50) if name == "fresh" else NOON
        await ledger.receive(arrival(meeting_id=name, source=f"/inbox/{number}.vtt"), when)
    await ledger.begin("held", "run@host:1:1", 3600)
    for name, state, due in (
        ("put-off", MeetingState.DEFERRED, later(60)),
        ("later", MeetingState.DEFERRED, later(99)),
        ("done", MeetingState.DELIVERED, None),
    ):
        await ledger.begin(name, "run@host:1:1", 60)
        failed = {"failure_class": FailureClass.MODEL_TIMEOUT, "cause": "slow"} if due else {}
        commit = stage_commit(meeting_id=name, owner="run@host:1:1", state=state, checkpoint=None, **failed)
        await ledger.commit(replace(commit, next_attempt_at=due))
        await ledger.release(name, "run@host:1:1")
    found = await ledger.waiting(later(60), later(10), live=True, most=10, offset=0)
    assert [meeting.meeting_id for meeting in found] == ["left", "held", "put-off"]
    (second,) = await ledger.waiting(later(60), later(10), live=True, most=1, offset=1)
    assert second.meeting_id == "held"
    assert await ledger.waiting(later(60), later(10), live=False, most=10, offset=0) == ()
