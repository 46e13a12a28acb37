"""The one screen: degraded, waiting, and the next thing to type or nothing to do."""

from __future__ import annotations

from datetime import timedelta

from artifact_assets.domain.dependency import Health, HealthState, healthy
from artifact_assets.domain.exchange import DestinationRow, SwitchState
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.records import Meeting
from artifact_assets.domain.states import MeetingState
from artifact_assets.domain.status import Status, status_of
from tests.clock import NOON

LATER = NOON + timedelta(minutes=5)


def meeting(name: str, state: MeetingState, why: FailureClass | None = None, minutes: int | None = None) -> Meeting:
    due = NOON + timedelta(minutes=minutes) if minutes is not None else None
    return Meeting(name, "s", "f", "0", "0", state, NOON, NOON, failure_class=why, next_attempt_at=due)


def status(*meetings: Meeting, health: Health | None = None, rows: tuple[DestinationRow, ...] = ()) -> Status:
    return status_of(meetings, (), [health] if health else [], (), rows, NOON)


def test_when_all_is_well_there_is_nothing_to_do() -> None:
    found = status(meeting("m-1", MeetingState.DELIVERED), health=healthy("model", NOON))
    assert found.well
    assert (found.degraded, found.waiting) == ((), ())


def test_an_outage_says_since_when_and_until_when_and_heals_by_itself() -> None:
    down = Health("model", HealthState.OPEN, NOON, NOON, 5, FailureClass.MODEL_UNAVAILABLE, "Down.", LATER)
    waits = [meeting(f"m-{n}", MeetingState.DEFERRED, FailureClass.MODEL_UNAVAILABLE, 5 + n) for n in range(3)]
    found = status(*waits, health=down)
    assert (found.degraded[0].since, found.degraded[0].next_attempt_at) == (NOON, LATER)
    assert (found.waiting[0].count, found.waiting[0].next_attempt_at) == (3, LATER)
    assert found.well


def test_a_used_up_quota_asks_for_a_person() -> None:
    parked = Health("model", HealthState.PARKED, NOON, NOON, 1, FailureClass.MODEL_QUOTA, "Used up.", LATER)
    assert status(health=parked).advice == ("model: Raise the quota at the provider, then replay.",)


def test_each_thing_a_person_has_to_do_is_named_once() -> None:
    found = status(
        meeting("m-1", MeetingState.QUARANTINED),
        meeting("m-2", MeetingState.AWAITING_REVIEW),
        meeting("m-3", MeetingState.FAILED, FailureClass.MODEL_REFUSED),
        meeting("m-4", MeetingState.FAILED, FailureClass.MODEL_REFUSED),
        rows=(DestinationRow("crm", "hubspot", "1", SwitchState.PAUSED, NOON, who="sam", why="audit"),),
    )
    assert found.failed == ((FailureClass.MODEL_REFUSED, 2),)
    assert [line.split(" ", 3)[-1] for line in found.advice[:2]] == [
        "destinations resume crm --why TEXT",
        "review list",
    ]
    assert found.advice[2].endswith("replay --failure-class model_refused")
    assert len(found.advice) == 3
