"""Health of the services we depend on: a breaker per dependency, as pure functions of its state and the time.

What belongs here: states, what moves between them, who is let through. What does not: storing it (see
``resources.ledger.health``), and which failure of which vendor counts (each adapter knows).

    up -> open -> probing -> recovering -> up        a failing probe opens again, for longer
    up -> parked -> probing ...                      quota used up or credentials refused: waits longer
    any -> paused                                    by a person; only a person resumes it
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import Field

from artifact_assets.domain.documents import Document
from artifact_assets.domain.failures import FailureClass


class HealthState(StrEnum):
    """Whether a dependency is called. Stored by value."""

    UP = "up"
    OPEN = "open"
    PARKED = "parked"
    PROBING = "probing"
    RECOVERING = "recovering"
    PAUSED = "paused"


class BreakerPolicy(Document):
    """When a dependency counts as down and how it comes back.

    The first pause lasts ``pause_seconds`` and doubles with each failed probe up to ``most_pause_seconds``. After a good
    probe, calls double every ``ramp_step_seconds`` for ``ramp_seconds``: what waited must not knock it over again.
    """

    failures: int = Field(default=5, ge=1, le=1000, description="Failures in a row, over all processes.")
    pause_seconds: float = Field(default=15, gt=0, le=86_400)
    most_pause_seconds: float = Field(default=600, gt=0, le=86_400)
    park_seconds: float = Field(default=900, gt=0, le=604_800, description="Wait after quota or credential errors.")
    probe_seconds: float = Field(default=60, gt=0, le=3600, description="A probe that takes longer counts as lost.")
    ramp_seconds: float = Field(default=30, ge=0, le=3600)
    ramp_step_seconds: float = Field(default=2, gt=0, le=600)
    ramp_first: int = Field(default=4, ge=1, le=1000)


@dataclass(frozen=True)
class Health:
    """A dependency's row. ``opened`` counts pauses in a row, ``admitted`` calls let through while recovering."""

    name: str
    state: HealthState
    since: datetime
    updated_at: datetime
    failures: int = 0
    failure_class: FailureClass | None = None
    cause: str | None = None
    next_attempt_at: datetime | None = None
    who: str | None = None
    opened: int = 0
    admitted: int = 0

    @property
    def flawless(self) -> bool:
        """Up, with nothing held against it: needs no bookkeeping."""
        return self.state is HealthState.UP and self.failures == 0


@dataclass(frozen=True)
class Admission:
    """Whether a call may be made now; if not, when to try next (None: when a person resumes it)."""

    admitted: bool
    health: Health
    next_attempt_at: datetime | None = None


def healthy(name: str, now: datetime) -> Health:
    """A dependency nothing is known about."""
    return Health(name, HealthState.UP, now, now)


def admit(health: Health, now: datetime, policy: BreakerPolicy, *, live: bool) -> Admission:
    """Whether one more call may be made. The returned health is the row to store."""
    if health.state is HealthState.UP:
        return Admission(True, health)
    if health.state is HealthState.PAUSED:
        return Admission(False, health)
    if health.state is HealthState.RECOVERING:
        return _ramp(health, now, policy, live=live)
    if health.next_attempt_at is not None and now < health.next_attempt_at:
        return Admission(False, health, health.next_attempt_at)
    probing = replace(
        health,
        state=HealthState.PROBING,
        updated_at=now,
        next_attempt_at=now + timedelta(seconds=policy.probe_seconds),
    )
    return Admission(True, probing)


def _ramp(health: Health, now: datetime, policy: BreakerPolicy, *, live: bool) -> Admission:
    elapsed = (now - health.updated_at).total_seconds()
    if elapsed >= policy.ramp_seconds:
        return Admission(True, healthy(health.name, now))
    steps = int(elapsed / policy.ramp_step_seconds)
    allowed = policy.ramp_first * 2 ** min(steps, 30)
    # Live meetings first: a backfill gets half of what is let through.
    if health.admitted < (allowed if live else allowed // 2):
        return Admission(True, replace(health, admitted=health.admitted + 1))
    next_step = health.updated_at + timedelta(seconds=(steps + 1) * policy.ramp_step_seconds)
    return Admission(False, health, next_step)


def succeeded(health: Health, now: datetime) -> Health:
    """After an answer. A good probe starts the recovery; a late answer from before the pause proves nothing."""
    if health.state is HealthState.PROBING:
        return Health(health.name, HealthState.RECOVERING, health.since, now, cause=health.cause)
    if health.state is HealthState.UP and health.failures:
        return healthy(health.name, now)
    return health


def failed(
    health: Health,
    now: datetime,
    policy: BreakerPolicy,
    failure_class: FailureClass,
    cause: str,
    *,
    park: bool = False,
    retry_after: float | None = None,
) -> Health:
    """After a failure that speaks against the dependency. ``park``: only a change at the account helps."""
    if health.state is HealthState.PAUSED:
        return health
    if health.state in {HealthState.OPEN, HealthState.PARKED} and not park:
        # Calls that were under way when it opened say nothing new.
        return health
    told = replace(
        health, failures=health.failures + 1, failure_class=failure_class, cause=cause, updated_at=now, admitted=0
    )
    if not park and health.state is HealthState.UP and told.failures < policy.failures:
        return told
    opened = health.opened + 1
    pause = min(policy.pause_seconds * 2 ** min(opened - 1, 20), policy.most_pause_seconds)
    pause = policy.park_seconds if park else pause
    return replace(
        told,
        state=HealthState.PARKED if park else HealthState.OPEN,
        since=now if health.state is HealthState.UP else health.since,
        opened=opened,
        next_attempt_at=now + timedelta(seconds=max(pause, retry_after or 0)),
    )
