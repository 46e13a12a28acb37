"""Whether an item is still worth delivering at a given time, and whether a record may still be touched.

What belongs here: the pure matrix over kind of item, age of the meeting, due date and what the destination holds. What
does not: reading a clock or a destination; both are arguments. Judged once for the checks and again before each write.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from artifact_assets.domain.art.codes import Code, failure
from artifact_assets.domain.art.policy import TimelinessPolicy
from artifact_assets.domain.artifact import (
    ActionItem,
    Content,
    FieldUpdate,
    NextStep,
    RuleFailure,
)

_DAY = timedelta(days=1)


def judge_timeliness(
    started_at: datetime | None,
    content: Content,
    now: datetime,
    policy: TimelinessPolicy,
) -> tuple[RuleFailure, ...]:
    """Every reason why ``content`` is not worth delivering at ``now``; empty when it is.

    ``started_at`` may be naive (a local time without a zone): it is then read as UTC, at most 14 hours wrong.
    """
    failures: list[RuleFailure] = []
    if isinstance(content, ActionItem | NextStep) and content.due is not None:
        today = now.astimezone(started_at.tzinfo if started_at and started_at.tzinfo else UTC).date()
        if content.due < today:
            failures.append(failure(Code.PAST_DUE, f"It was due on {content.due}; today is {today}."))
    if started_at is None:
        if isinstance(content, FieldUpdate) and policy.unknown_time == "hold":
            failures.append(
                failure(
                    Code.MEETING_TIME_UNKNOWN,
                    "The meeting's time is unknown, so a newer value could be overwritten.",
                )
            )
        return tuple(failures)
    age = now - aware(started_at)
    if age < -timedelta(hours=policy.future_hours):
        failures.append(
            failure(
                Code.MEETING_IN_FUTURE,
                f"The meeting starts {-age.days} days after now.",
            )
        )
    limit = _limit_days(content, policy)
    if age > timedelta(days=limit):
        failures.append(
            failure(
                Code.TOO_OLD,
                f"The meeting was {age.days} days ago; {content.kind} expires after {limit:g}.",
            )
        )
    return tuple(failures)


def _limit_days(content: Content, policy: TimelinessPolicy) -> float:
    match content:
        case FieldUpdate():
            return policy.field_days
        case ActionItem() | NextStep():
            # A task with a due date ahead is worth creating however long ago it was agreed.
            return policy.task_days if content.due is None else policy.note_days
        case _:
            return policy.note_days


@dataclass(frozen=True)
class RecordFacts:
    """What a destination tells about the record a write is aimed at.

    ``confirmed_meeting_at`` is when the meeting took place whose value was confirmed last; None when there is none.
    ``closed`` is None when the destination cannot tell; kinds of record that never close are False.
    """

    confirmed_meeting_at: datetime | None = None
    closed: bool | None = False


def judge_record(
    started_at: datetime | None,
    content: Content,
    record: RecordFacts,
    now: datetime,
    policy: TimelinessPolicy,
) -> tuple[RuleFailure, ...]:
    """Every reason why ``record`` must not be touched with ``content``.

    A live meeting may add notes and tags to a closed record, never change its fields or add tasks; a backfilled one
    does not touch it at all. Unknown counts as closed for a backfill.
    """
    failures: list[RuleFailure] = []
    if isinstance(content, FieldUpdate) and not newer(started_at, record.confirmed_meeting_at):
        failures.append(
            failure(
                Code.OLDER_THAN_CONFIRMED,
                "A value from the same or a later meeting is already confirmed.",
            )
        )
    live = started_at is not None and now - aware(started_at) <= timedelta(hours=policy.live_within_hours)
    changes = isinstance(content, FieldUpdate | ActionItem | NextStep)
    if (record.closed and (changes or not live)) or (record.closed is None and not live):
        failures.append(
            failure(
                Code.RECORD_CLOSED,
                "The record is closed, or may be, and is left as it is.",
            )
        )
    return tuple(failures)


def newer(started_at: datetime | None, confirmed_meeting_at: datetime | None) -> bool:
    """Whether a value from a meeting at ``started_at`` may replace one from ``confirmed_meeting_at``.

    Unknown never replaces known. The same meeting may replace its own value: a corrected transcript does.
    """
    if confirmed_meeting_at is None:
        return True
    return started_at is not None and aware(started_at) >= aware(confirmed_meeting_at)


@dataclass(frozen=True)
class Freshness:
    """``seconds`` from the meeting's start to ``now``; ``late`` only for live meetings, None when nothing is known."""

    seconds: float | None
    target_seconds: float
    live: bool
    late: bool


def judge_freshness(
    kind: str | None,
    started_at: datetime | None,
    received_at: datetime | None,
    now: datetime,
    policy: TimelinessPolicy,
) -> Freshness:
    """How fresh a meeting's artifact is. A meeting received long after it took place is a backfill and never late."""
    target = 3600 * policy.freshness_hours.get(kind or "", policy.default_freshness_hours)
    if started_at is None:
        return Freshness(None, target, live=False, late=False)
    seconds = (now - aware(started_at)).total_seconds()
    arrived = (aware(received_at) if received_at else now) - aware(started_at)
    live = arrived <= timedelta(hours=policy.live_within_hours)
    return Freshness(seconds, target, live, late=live and seconds > target)


def aware(moment: datetime) -> datetime:
    """``moment`` with a zone; a naive one is read as UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
