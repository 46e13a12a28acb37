"""What an operator has to know in one screen: what is degraded, what waits and until when, and what to type.

What belongs here: drawing that from the ledger's rows, as a pure function of them. What does not: reading or printing them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from artifact_assets.domain.alerts import AlertPolicy
from artifact_assets.domain.backfills import Backfill
from artifact_assets.domain.conditions import UNDER_WAY, is_left_behind, is_open_long, is_overdue
from artifact_assets.domain.dependency import Health, HealthState
from artifact_assets.domain.exchange import DestinationRow, SwitchState
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.rates import Rates
from artifact_assets.domain.records import Intent, Meeting
from artifact_assets.domain.states import IntentState, MeetingState

NOTHING = "nothing to do"
STANDS_STILL = (
    "meetings are due and nobody takes them up: see whether daemon and code server run, and the web UI's run queue"
)
MISCONFIGURED = (
    "correct OPENAI_API_KEY, ARTIFACTS_LLM_MODEL or ARTIFACTS_LLM_BASE_URL and restart; what waits goes on by itself"
)
"""What a parked service without a quota in it needs: an outage opens a breaker, wrong credentials or a wrong name park it."""
BACKFILL = "backfill "
_WAITING = (
    MeetingState.RECEIVED,
    *UNDER_WAY,
    MeetingState.DEFERRED,
    MeetingState.AWAITING_REVIEW,
    MeetingState.QUARANTINED,
)
_OPEN = (
    IntentState.RETRY_SCHEDULED,
    IntentState.UNCERTAIN,
    IntentState.PARKED,
    IntentState.CONFLICT,
    IntentState.DEAD_LETTER,
    IntentState.REJECTED,
)
SHOWN_MEETINGS = (*_WAITING, MeetingState.FAILED)
SHOWN_INTENTS = _OPEN
"""States that the screen is about. A million finished meetings and their writes need not be read for it."""
_FOR_PEOPLE = frozenset(
    {state.value for state in (IntentState.CONFLICT, IntentState.DEAD_LETTER, IntentState.REJECTED)}
)


@dataclass(frozen=True)
class Degraded:
    """A dependency that is not called as usual. ``next_attempt_at`` is None when a person has to resume it."""

    name: str
    state: str
    since: datetime | None
    cause: str | None
    failure_class: FailureClass | None
    next_attempt_at: datetime | None


@dataclass(frozen=True)
class Waiting:
    """Meetings or deliveries of one state and cause that are not done. ``next_attempt_at`` is the earliest one's."""

    what: str
    state: str
    count: int
    failure_class: FailureClass | None
    next_attempt_at: datetime | None


@dataclass(frozen=True)
class Status:
    """The screen. ``advice`` are commands, or the one word that there is nothing to do."""

    degraded: tuple[Degraded, ...]
    waiting: tuple[Waiting, ...]
    failed: tuple[tuple[FailureClass | None, int], ...]
    advice: tuple[str, ...]

    @property
    def well(self) -> bool:
        """Whether nobody has to do anything."""
        return self.advice == (NOTHING,)


def status_of(
    meetings: Sequence[Meeting],
    intents: Sequence[Intent],
    health: Sequence[Health],
    rates: Sequence[Rates],
    destinations: Sequence[DestinationRow],
    now: datetime,
    backfills: Iterable[Backfill] = (),
    stuck_seconds: float = AlertPolicy().stuck_seconds,
) -> Status:
    """The screen as of ``now``; what lies still for longer than ``stuck_seconds`` does not heal by itself."""
    degraded = (*_unwell(health), *_limited(rates, now), *_stopped(destinations, now), *_held(backfills))
    waiting = (*_meetings(meetings), *_deliveries(intents))
    counted = Counter(m.failure_class for m in meetings if m.state is MeetingState.FAILED)
    failed = tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0] or "")))
    stuck = _stuck(meetings, intents, now - timedelta(seconds=stuck_seconds), now)
    advice = (*stuck, *_advice(degraded, waiting, failed))
    return Status(degraded, waiting, failed, tuple(dict.fromkeys(advice)) or (NOTHING,))


def _unwell(health: Iterable[Health]) -> list[Degraded]:
    return [
        Degraded(h.name, h.state.value, h.since, h.cause, h.failure_class, h.next_attempt_at)
        for h in health
        if h.state is not HealthState.UP
    ]


def _limited(rates: Iterable[Rates], now: datetime) -> list[Degraded]:
    return [
        Degraded(r.name, "limited", r.at, "It limits the rate.", FailureClass.MODEL_RATE_LIMITED, r.blocked_until)
        for r in rates
        if r.blocked_until is not None and r.blocked_until > now
    ]


def _stopped(destinations: Iterable[DestinationRow], now: datetime) -> list[Degraded]:
    """A parked one is used again from its time on; its row says so only after the next write."""
    return [
        Degraded(row.name, row.state.value, row.since, row.why, None, row.until)
        for row in destinations
        if row.state is not SwitchState.OPEN and not (row.until is not None and row.until <= now)
    ]


def _held(backfills: Iterable[Backfill]) -> list[Degraded]:
    return [
        Degraded(f"{BACKFILL}{row.name}", "paused", row.since, row.why, FailureClass.BACKFILL_PAUSED, None)
        for row in backfills
        if row.paused
    ]


def _meetings(meetings: Iterable[Meeting]) -> list[Waiting]:
    groups: dict[tuple[MeetingState, FailureClass | None], list[Meeting]] = {}
    for meeting in meetings:
        # One that is through but has a next attempt was extracted by the rules while the model was down.
        if meeting.state in _WAITING or meeting.next_attempt_at is not None:
            groups.setdefault((meeting.state, meeting.failure_class), []).append(meeting)
    return [
        Waiting("meetings", state.value, len(found), failure_class, _earliest(m.next_attempt_at for m in found))
        for (state, failure_class), found in sorted(groups.items(), key=lambda pair: (pair[0][0], pair[0][1] or ""))
    ]


def _deliveries(intents: Iterable[Intent]) -> list[Waiting]:
    groups: dict[tuple[IntentState, FailureClass | None], list[Intent]] = {}
    for intent in intents:
        if intent.state in _OPEN:
            groups.setdefault((intent.state, intent.failure_class), []).append(intent)
    return [
        Waiting("deliveries", state.value, len(found), failure_class, _earliest(i.next_attempt_at for i in found))
        for (state, failure_class), found in sorted(groups.items(), key=lambda pair: (pair[0][0], pair[0][1] or ""))
    ]


def _earliest(moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _advice(
    degraded: Sequence[Degraded], waiting: Sequence[Waiting], failed: Sequence[tuple[FailureClass | None, int]]
) -> tuple[str, ...]:
    """The next things to type. What heals by itself asks for nothing."""
    found = [_remedy(d) for d in degraded if _needs_somebody(d)]
    for group in waiting:
        if group.what == "meetings" and group.state in {MeetingState.AWAITING_REVIEW, MeetingState.QUARANTINED}:
            found.append("python -m artifact_assets review list")
        elif group.what == "meetings" and group.failure_class is FailureClass.BUDGET_EXCEEDED:
            found.append("raise model.budgets in the configuration; what waits goes on by itself")
        elif group.what == "deliveries" and group.state in _FOR_PEOPLE:
            found.append(f"python -m artifact_assets deliveries --state {group.state}")
    for failure_class, _ in failed:
        if failure_class is not None:
            again = f"python -m artifact_assets replay --failure-class {failure_class} --dry-run"
            found.append(f"{failure_class.rule.remedy} Then: {again}")
    return tuple(found)


def _stuck(meetings: Iterable[Meeting], intents: Iterable[Intent], before: datetime, now: datetime) -> tuple[str, ...]:
    """What should have gone on by itself and does not; the same as is alerted about."""
    found: list[str] = []
    if any(is_overdue(m, before, now) or is_left_behind(m, before, now) for m in meetings):
        found.append(STANDS_STILL)
    if any(is_open_long(i, before) for i in intents):
        found.append(
            "python -m artifact_assets deliveries --state uncertain, look there, then "
            "python -m artifact_assets deliveries resolve KEY --landed, --again or --drop, with --why TEXT"
        )
    return tuple(found)


def _needs_somebody(degraded: Degraded) -> bool:
    """A destination that is parked until a time opens by itself; a parked service only asks whether it was put right."""
    return degraded.next_attempt_at is None or (
        degraded.state == HealthState.PARKED and degraded.failure_class is not None
    )


def _remedy(degraded: Degraded) -> str:
    if degraded.failure_class is FailureClass.BACKFILL_PAUSED:
        return f"python -m artifact_assets backfills resume {degraded.name.removeprefix(BACKFILL)} --why TEXT"
    if degraded.failure_class is FailureClass.MODEL_UNAVAILABLE:
        return f"{degraded.name}: {MISCONFIGURED}"
    if degraded.failure_class is not None:
        return f"{degraded.name}: {degraded.failure_class.rule.remedy}"
    return f"python -m artifact_assets destinations resume {degraded.name} --why TEXT"
