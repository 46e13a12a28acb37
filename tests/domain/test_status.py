"""The one screen: degraded, waiting, and the next thing to type or nothing to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from artifact_assets.domain.dependency import Health, HealthState, healthy
from artifact_assets.domain.exchange import DestinationRow, SwitchState
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.records import Intent, Meeting
from artifact_assets.domain.states import IntentState, MeetingState
from artifact_assets.domain.status import STANDS_STILL, Status, status_of
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
    assert status(health=parked).advice == ("model: Raise the quota at the provider; what waits goes on by itself.",)


def test_a_destination_that_is_parked_until_a_time_wakes_nobody_and_without_one_asks_for_a_person() -> None:
    parked = DestinationRow(
        "crm", "hubspot", "1", SwitchState.PARKED, NOON, why="The day's quota is used up.", until=LATER
    )
    found = status(meeting("m-1", MeetingState.DEFERRED, FailureClass.DESTINATION_QUOTA, 5), rows=(parked,))
    assert found.degraded[0].next_attempt_at == LATER
    assert found.well
    (told,) = status(rows=(replace(parked, until=None),)).advice
    assert told == "python -m artifact_assets destinations resume crm --why TEXT"


def test_a_model_with_wrong_credentials_is_not_told_to_heal_by_itself() -> None:
    parked = Health("model", HealthState.PARKED, NOON, NOON, 1, FailureClass.MODEL_UNAVAILABLE, "It refuses us.", LATER)
    (told,) = status(health=parked).advice
    assert told.startswith("model: correct OPENAI_API_KEY")


def test_what_should_go_on_by_itself_and_lies_still_is_no_nothing_to_do() -> None:
    old, now = NOON - timedelta(hours=1), NOON
    overdue = replace(meeting("m-1", MeetingState.DEFERRED, FailureClass.MODEL_UNAVAILABLE, -60), updated_at=old)
    left = replace(meeting("m-2", MeetingState.NORMALIZED), updated_at=old)
    held = replace(left, lease_owner="run@host:1:1", lease_until=now + timedelta(seconds=30))
    fresh = meeting("m-3", MeetingState.EXTRACTED)
    assert status(overdue).advice == (STANDS_STILL,)
    assert status(left).advice == (STANDS_STILL,)
    assert [w.state for w in status(left).waiting] == ["normalized"], "what is under way is shown"
    assert status(held, fresh).well
    row = Intent("k", "r", "m-1", "i", "crm", "a", "create_task", {}, {}, "p", "r", state=IntentState.UNCERTAIN)
    young, aged = (replace(row, created_at=at) for at in (NOON, old))
    assert status_of((), [young], (), (), (), NOON).well
    assert status(overdue, meeting("m-4", MeetingState.QUARANTINED)).advice[0] == STANDS_STILL, "the worst first"
    assert "deliveries resolve" in status_of((), [aged], (), (), (), NOON).advice[0]


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
    assert found.advice[2].endswith("replay --failure-class model_refused --dry-run")
    assert len(found.advice) == 3
