"""What is wrong according to the ledger's rows, as conditions for alerts.

What belongs here: one function per kind of trouble, pure functions of rows and the time. What does not: reading rows, and
trouble the ledger does not know of (see ``alert_ports.Source``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from artifact_assets.domain.alerts import AlertPolicy, Condition, Severity
from artifact_assets.domain.dependency import Health, HealthState
from artifact_assets.domain.exchange import DestinationRow, SwitchState
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.records import Intent, Meeting
from artifact_assets.domain.states import IntentState, MeetingState

T = TypeVar("T")
K = TypeVar("K", FailureClass | None, str)
COMMAND = "python -m artifact_assets"
_GRAVE = frozenset({FailureClass.INTERNAL_ERROR, FailureClass.STORAGE_UNAVAILABLE, FailureClass.RUN_KILLED})
KINDS = frozenset(
    {"failed_meetings", "dead_letters", "uncertain", "stuck_deferred", "left_behind", "dependency", "destination"}
)
"""The kinds of all conditions named here."""
UNDER_WAY = (MeetingState.NORMALIZED, MeetingState.EXTRACTED, MeetingState.VALIDATED)
"""States that a meeting passes and does not stay in."""


@dataclass(frozen=True)
class Rows:
    """What the ledger holds about everything that may be wrong."""

    meetings: Sequence[Meeting]
    intents: Sequence[Intent]
    health: Sequence[Health]
    destinations: Sequence[DestinationRow]


def conditions_of(rows: Rows, now: datetime, policy: AlertPolicy) -> tuple[Condition, ...]:
    """Everything that is wrong, each trouble once."""
    return (
        *_failed(rows.meetings, now - timedelta(hours=policy.failed_hours)),
        *_dead(rows.intents),
        *_uncertain(rows.intents, now - timedelta(seconds=policy.stuck_seconds)),
        *_stuck(rows.meetings, now, policy),
        *_left_behind(rows.meetings, now, policy),
        *_down(rows.health, now - timedelta(seconds=policy.outage_seconds)),
        *_stopped(rows.destinations, now),
    )


def _failed(meetings: Iterable[Meeting], after: datetime) -> Iterator[Condition]:
    failed = (m for m in meetings if m.state is MeetingState.FAILED and m.updated_at > after)
    for failure_class, found in _grouped(failed, lambda m: m.failure_class):
        rule = failure_class.rule if failure_class is not None else None
        yield Condition(
            key=f"failed_meetings:{failure_class}",
            severity=Severity.CRITICAL if failure_class in _GRAVE else Severity.WARNING,
            title=f"meetings fail with {failure_class}",
            cause=(rule.remedy if rule is not None else "They failed for an unknown reason."),
            since=min(m.updated_at for m in found),
            count=len(found),
            example_meeting=found[-1].meeting_id,
            next_command=f"{COMMAND} meetings --state failed --failure-class {failure_class}",
            over="No meeting failed with it lately; `meetings --state failed` lists those that are left.",
        )


def _dead(intents: Iterable[Intent]) -> Iterator[Condition]:
    dead = (i for i in intents if i.state is IntentState.DEAD_LETTER)
    for destination, found in _grouped(dead, lambda i: i.destination):
        yield Condition(
            key=f"dead_letters:{destination}",
            severity=Severity.CRITICAL,
            title=f"writes to {destination} were given up",
            cause="Accepted items are not at their destination and nobody tries any more.",
            since=min(_moved(i) for i in found),
            count=len(found),
            example_meeting=found[-1].meeting_id,
            next_command=f"{COMMAND} deliveries --state {IntentState.DEAD_LETTER}",
            over="No write is a dead letter any more.",
        )


def _uncertain(intents: Iterable[Intent], before: datetime) -> Iterator[Condition]:
    open_long = (i for i in intents if is_open_long(i, before))
    for destination, found in _grouped(open_long, lambda i: i.destination):
        yield Condition(
            key=f"uncertain:{destination}",
            severity=Severity.WARNING,
            title=f"nobody knows whether writes to {destination} happened",
            cause="They were sent and not answered, and looking them up brought no certainty yet.",
            since=min(_moved(i) for i in found),
            count=len(found),
            example_meeting=found[-1].meeting_id,
            next_command=f"{COMMAND} deliveries --state {IntentState.UNCERTAIN}",
            over="All of them are settled.",
        )


def _stuck(meetings: Iterable[Meeting], now: datetime, policy: AlertPolicy) -> Iterator[Condition]:
    """Deferred meetings that are due for long, and held by nobody: whoever takes them up does not."""
    before = now - timedelta(seconds=policy.stuck_seconds)
    stuck = (m for m in meetings if is_overdue(m, before, now))
    for failure_class, found in _grouped(stuck, lambda m: m.failure_class):
        yield Condition(
            key=f"stuck_deferred:{failure_class}",
            severity=Severity.CRITICAL,
            title=f"meetings deferred for {failure_class} are due and not taken up",
            cause="The drain sensor or the queue stands still.",
            since=min(m.next_attempt_at or now for m in found),
            count=len(found),
            example_meeting=found[-1].meeting_id,
            next_command=f"{COMMAND} status, then look at the drain sensor and the run queue in the web UI",
            over="They were taken up.",
        )


def _left_behind(meetings: Iterable[Meeting], now: datetime, policy: AlertPolicy) -> Iterator[Condition]:
    """Meetings that somebody began, and nobody has gone on with for long."""
    before = now - timedelta(seconds=policy.stuck_seconds)
    found = [m for m in meetings if is_left_behind(m, before, now)]
    if found:
        yield Condition(
            key="left_behind:meetings",
            severity=Severity.CRITICAL,
            title="meetings were begun and nobody goes on with them",
            cause="Their run was lost, and the drain sensor or the queue stands still.",
            since=min(m.updated_at for m in found),
            count=len(found),
            example_meeting=found[-1].meeting_id,
            next_command=f"{COMMAND} status, then look at the drain sensor and the run queue in the web UI",
            over="They were taken up.",
        )


def is_overdue(meeting: Meeting, before: datetime, now: datetime) -> bool:
    """Whether it is deferred, was due before ``before`` and is held by nobody."""
    return (
        meeting.state is MeetingState.DEFERRED
        and meeting.next_attempt_at is not None
        and meeting.next_attempt_at < before
        and meeting.failure_class is not FailureClass.BACKFILL_PAUSED
        and not _is_held(meeting, now)
    )


def is_left_behind(meeting: Meeting, before: datetime, now: datetime) -> bool:
    """Whether it stopped between two stages before ``before`` and is held by nobody; one of a backfill may queue for hours."""
    idle = meeting.state in UNDER_WAY and meeting.backfill is None and not _is_held(meeting, now)
    return idle and meeting.updated_at < before


def is_open_long(intent: Intent, before: datetime) -> bool:
    """Whether nobody knows since before ``before`` whether it was written."""
    return intent.state is IntentState.UNCERTAIN and (intent.created_at or before) < before


def _is_held(meeting: Meeting, now: datetime) -> bool:
    return meeting.lease_until is not None and meeting.lease_until > now


def _down(health: Iterable[Health], before: datetime) -> Iterator[Condition]:
    for row in health:
        heals = row.state in {HealthState.OPEN, HealthState.PROBING}
        if row.state in {HealthState.UP, HealthState.RECOVERING} or (heals and row.since > before):
            continue
        paused = row.state is HealthState.PAUSED
        rule = row.failure_class.rule if row.failure_class is not None else None
        yield Condition(
            key=f"dependency:{row.name}",
            severity=Severity.WARNING if paused else Severity.CRITICAL,
            title=f"{row.name} is {'paused' if paused else 'parked' if row.state is HealthState.PARKED else 'down'}",
            cause=" ".join(filter(None, (row.cause, rule.remedy if rule is not None else None))) or "It failed.",
            since=row.since,
            next_command=f"{COMMAND} status",
            over="It answers again; what waited goes on by itself.",
        )


def _stopped(destinations: Iterable[DestinationRow], now: datetime) -> Iterator[Condition]:
    for row in destinations:
        # A parked destination is used again from its time on, and its row says so only after the next write.
        if row.state is SwitchState.OPEN or (row.until is not None and row.until <= now):
            continue
        heals = row.until is not None
        yield Condition(
            key=f"destination:{row.name}",
            severity=Severity.WARNING if heals or row.state is SwitchState.PAUSED else Severity.CRITICAL,
            title=f"{row.name} is {row.state}",
            cause=f"{row.why or 'No reason was given.'}"
            + (f" It opens again at {row.until:%Y-%m-%d %H:%M} UTC." if row.until is not None else ""),
            since=row.since or now,
            next_command=f"{COMMAND} status" if heals else f"{COMMAND} destinations resume {row.name} --why TEXT",
            over="It is open again; what it held goes on by itself.",
        )


def _grouped(values: Iterable[T], key: Callable[[T], K]) -> list[tuple[K, list[T]]]:
    groups: dict[K, list[T]] = {}
    for value in values:
        groups.setdefault(key(value), []).append(value)
    return sorted(groups.items(), key=lambda pair: pair[0] or "")


def _moved(intent: Intent) -> datetime:
    assert intent.updated_at is not None  # every stored intent has it
    return intent.updated_at
