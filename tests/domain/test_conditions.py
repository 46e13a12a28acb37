"""What counts as wrong, from rows and the time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from artifact_assets.domain.alerts import AlertPolicy, Condition, Severity
from artifact_assets.domain.conditions import KINDS, Rows, conditions_of
from artifact_assets.domain.dependency import Health, HealthState
from artifact_assets.domain.exchange import DestinationRow, SwitchState
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.records import Intent, Meeting
from artifact_assets.domain.states import IntentState, MeetingState
from tests.clock import NOON

POLICY = AlertPolicy(outage_seconds=300, stuck_seconds=1800, failed_hours=24)


def ago(**time: float) -> datetime:
    return NOON - timedelta(**time)


def meeting(state: MeetingState, failure: FailureClass | None = None, **more: object) -> Meeting:
    row = Meeting("m", "m.txt", "m.txt", "d", "r", state, ago(days=1), ago(minutes=5), failure_class=failure)
    return replace(row, **more)


def intent(state: IntentState, destination: str = "hubspot", **more: object) -> Intent:
    row = Intent("k", "r", "m", "i", destination, "a", "create_task", {}, {}, "p", "r", state=state)
    values = {"created_at": ago(hours=2), "updated_at": ago(hours=1), **more}
    return replace(row, **values)


def health(state: HealthState, since: datetime, failure: FailureClass | None = None) -> Health:
    return Health("model", state, since, since, failure_class=failure, cause="It is down.")


def found(
    meetings: tuple[Meeting, ...] = (),
    intents: tuple[Intent, ...] = (),
    dependencies: tuple[Health, ...] = (),
    destinations: tuple[DestinationRow, ...] = (),
) -> dict[str, Condition]:
    listed = conditions_of(Rows(meetings, intents, dependencies, destinations), NOON, POLICY)
    assert {condition.kind for condition in listed} <= KINDS
    assert len({condition.key for condition in listed}) == len(listed)
    return {condition.key: condition for condition in listed}


def test_nothing_is_wrong_with_nothing() -> None:
    assert found() == {}


def test_failed_meetings_are_told_by_class_while_they_are_news() -> None:
    empty = meeting(MeetingState.FAILED, FailureClass.EMPTY_TRANSCRIPT)
    old = replace(empty, updated_at=ago(hours=25))
    bug = meeting(MeetingState.FAILED, FailureClass.INTERNAL_ERROR, meeting_id="b")
    told = found((empty, empty, old, bug, meeting(MeetingState.DELIVERED)))
    assert set(told) == {"failed_meetings:empty_transcript", "failed_meetings:internal_error"}
    assert told["failed_meetings:empty_transcript"].count == 2
    assert told["failed_meetings:internal_error"].severity is Severity.CRITICAL
    assert told["failed_meetings:internal_error"].example_meeting == "b"


def test_dead_letters_are_told_by_destination_since_the_first() -> None:
    told = found(intents=(intent(IntentState.DEAD_LETTER), intent(IntentState.DEAD_LETTER, updated_at=ago(hours=3))))
    assert (told["dead_letters:hubspot"].count, told["dead_letters:hubspot"].since) == (2, ago(hours=3))


def test_an_uncertain_write_is_told_when_it_stays_so() -> None:
    assert set(found(intents=(intent(IntentState.UNCERTAIN),))) == {"uncertain:hubspot"}
    assert found(intents=(intent(IntentState.UNCERTAIN, created_at=ago(minutes=5)),)) == {}


def test_what_was_begun_and_left_is_told_unless_somebody_holds_it_or_its_backfill_queues() -> None:
    left = meeting(MeetingState.EXTRACTED, updated_at=ago(hours=1))
    assert found((left, meeting(MeetingState.EXTRACTED, updated_at=ago(minutes=5)))).keys() == {"left_behind:meetings"}
    assert found((left, left))["left_behind:meetings"].count == 2
    held = replace(left, lease_owner="run@host:1:1", lease_until=NOON + timedelta(seconds=30))
    assert found((held, replace(left, backfill="b1"), replace(left, state=MeetingState.RECEIVED))) == {}


def test_deferred_work_is_stuck_when_it_is_due_for_long_and_nobody_holds_it() -> None:
    due = meeting(MeetingState.DEFERRED, FailureClass.MODEL_UNAVAILABLE, next_attempt_at=ago(hours=1))
    assert set(found((due,))) == {"stuck_deferred:model_unavailable"}
    assert found((replace(due, next_attempt_at=ago(minutes=1)),)) == {}
    assert found((replace(due, lease_until=NOON + timedelta(seconds=1)),)) == {}


def test_a_short_outage_wakes_nobody_and_a_parked_dependency_does_at_once() -> None:
    assert found(dependencies=(health(HealthState.OPEN, ago(seconds=299)),)) == {}
    assert set(found(dependencies=(health(HealthState.OPEN, ago(seconds=300)),))) == {"dependency:model"}
    parked = found(dependencies=(health(HealthState.PARKED, NOON, FailureClass.MODEL_QUOTA),))["dependency:model"]
    assert (parked.severity, FailureClass.MODEL_QUOTA.rule.remedy in parked.cause) == (Severity.CRITICAL, True)
    assert found(dependencies=(health(HealthState.RECOVERING, ago(hours=1)),)) == {}


def test_a_stopped_destination_is_told_until_its_time_is_over() -> None:
    row = DestinationRow("hubspot", "hubspot", "a", SwitchState.PARKED, ago(hours=1), NOON + timedelta(hours=1))
    assert found(destinations=(row,))["destination:hubspot"].severity is Severity.WARNING
    assert found(destinations=(replace(row, until=NOON),)) == {}
    forever = found(destinations=(replace(row, until=None),))["destination:hubspot"]
    assert forever.severity is Severity.CRITICAL
    assert "destinations resume hubspot" in str(forever.next_command)
    assert found(destinations=(replace(row, state=SwitchState.OPEN),)) == {}
