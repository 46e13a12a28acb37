"""What is late, what is safe, and what of an old meeting may still be written."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from artifact_assets.domain.art.policy import TimelinessPolicy
from artifact_assets.domain.art.timeliness import RecordFacts, judge_freshness, judge_record, judge_timeliness, newer
from artifact_assets.domain.artifact import ActionItem, Content, Decision, FieldUpdate, NextStep, Tag

STARTED = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
POLICY = TimelinessPolicy(task_days=20, field_days=30, note_days=400, live_within_hours=40)
TASK, STEP, NOTE = ActionItem(text="Send it"), NextStep(text="Meet again"), Decision(text="Go on")
FIELD, TAG = FieldUpdate(object="deal", field="amount", value="1"), Tag(tag="pricing")


def codes(content: Content, days: float, started: datetime | None = STARTED) -> set[str]:
    return {f.code for f in judge_timeliness(started, content, STARTED + timedelta(days=days), POLICY)}


@pytest.mark.parametrize(
    ("content", "day", "expected"),
    [
        (TASK, 19, set[str]()),
        (TASK, 21, {"too_old"}),
        (STEP, 21, {"too_old"}),
        (FIELD, 29, set[str]()),
        (FIELD, 31, {"too_old"}),
        (NOTE, 300, set[str]()),
        (TAG, 300, set[str]()),
        (NOTE, 401, {"too_old"}),
        (TAG, 401, {"too_old"}),
    ],
)
def test_each_kind_of_item_has_its_own_age(content: Content, day: float, expected: set[str]) -> None:
    assert codes(content, day) == expected


def test_a_task_already_past_due_is_not_created() -> None:
    due = ActionItem(text="Send it", due=date(2026, 11, 20))
    assert codes(due, 3) == set()
    assert codes(due, 4) == {"past_due"}


def test_a_task_whose_day_is_still_ahead_is_worth_creating_however_old_the_meeting() -> None:
    assert codes(ActionItem(text="Renew", due=date(2027, 6, 1)), 100) == set()


def test_past_due_is_counted_in_the_zone_of_the_meeting() -> None:
    started = datetime.fromisoformat("2026-11-17T20:00:00-08:00")
    due = ActionItem(text="Send it", due=date(2026, 11, 18))
    late_evening_there = datetime(2026, 11, 19, 7, 0, tzinfo=UTC)
    assert judge_timeliness(started, due, late_evening_there, POLICY) == ()


def test_without_a_time_only_field_values_wait() -> None:
    assert codes(FIELD, 0, None) == {"meeting_time_unknown"}
    for content in (TASK, STEP, NOTE, TAG):
        assert codes(content, 0, None) == set()
    told = POLICY.model_copy(update={"unknown_time": "deliver"})
    assert judge_timeliness(None, FIELD, STARTED, told) == ()


def test_a_meeting_from_the_future_delivers_nothing() -> None:
    for content in (TASK, STEP, NOTE, FIELD, TAG):
        assert codes(content, -3) == {"meeting_in_future"}


def test_a_newer_confirmed_value_is_never_overwritten() -> None:
    later = RecordFacts(confirmed_meeting_at=STARTED + timedelta(hours=1))
    found = judge_record(STARTED, FIELD, later, STARTED, POLICY)
    assert [f.code for f in found] == ["older_than_confirmed"]
    assert judge_record(STARTED, FIELD, RecordFacts(STARTED), STARTED, POLICY) == ()
    assert judge_record(STARTED, NOTE, later, STARTED, POLICY) == ()


def test_unknown_never_replaces_known() -> None:
    assert not newer(None, STARTED)
    assert newer(None, None)
    assert newer(STARTED, None)
    assert newer(STARTED.replace(tzinfo=None), STARTED)


@pytest.mark.parametrize(
    ("content", "closed", "age_hours", "touched"),
    [
        (NOTE, True, 1, True),
        (TAG, True, 1, True),
        (FIELD, True, 1, False),
        (TASK, True, 1, False),
        (STEP, True, 1, False),
        (NOTE, True, 41, False),
        (TAG, True, 41, False),
        (NOTE, False, 41, True),
        (TASK, None, 1, True),
        (NOTE, None, 41, False),
    ],
)
def test_a_backfill_touches_no_closed_record_and_a_live_meeting_only_adds_notes(
    content: Content, closed: bool | None, age_hours: float, touched: bool
) -> None:
    now = STARTED + timedelta(hours=age_hours)
    assert (judge_record(STARTED, content, RecordFacts(closed=closed), now, POLICY) == ()) is touched


def test_a_live_meeting_has_a_freshness_target_of_its_kind_and_a_backfill_has_none() -> None:
    policy = TimelinessPolicy(freshness_hours={"sales": 2.0}, default_freshness_hours=10.0, live_within_hours=40)
    received = STARTED + timedelta(hours=1)
    assert not judge_freshness("sales", STARTED, received, STARTED + timedelta(hours=1.9), policy).late
    assert judge_freshness("sales", STARTED, received, STARTED + timedelta(hours=2.1), policy).late
    assert not judge_freshness("internal", STARTED, received, STARTED + timedelta(hours=2.1), policy).late
    backfilled = judge_freshness("sales", STARTED, STARTED + timedelta(days=90), STARTED + timedelta(days=90), policy)
    assert (backfilled.live, backfilled.late) == (False, False)
    assert backfilled.seconds == 90 * 86_400


def test_freshness_without_a_meeting_time_is_unknown_and_not_late() -> None:
    fresh = judge_freshness("sales", None, STARTED, STARTED, POLICY)
    assert (fresh.seconds, fresh.late) == (None, False)
