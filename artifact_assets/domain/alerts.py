"""Alerts: what is wrong now, what an operator was told of it, and what to tell next.

What belongs here: conditions, alerts, and the pure choice of what to send. What does not: finding conditions (see
``conditions``), sending (see ``stages.alerting``) and storing (see ``alert_ports``).

Others who have something to alert about build ``Condition`` values and hand them over as a ``Source``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from pydantic import Field

from artifact_assets.domain.documents import Document, digest_of


class Severity(StrEnum):
    """How soon somebody should look. Stored by value."""

    WARNING = "warning"
    CRITICAL = "critical"


class AlertState(StrEnum):
    """Whether what was wrong still is. Stored by value."""

    OPEN = "open"
    RESOLVED = "resolved"


class AlertPolicy(Document):
    """When an operator is told, and how often.

    What heals within ``outage_seconds`` wakes nobody. A message that was not accepted is sent again after
    ``retry_seconds``, then twice as long, up to ``most_retry_seconds``.
    """

    outage_seconds: float = Field(
        default=300, ge=0, le=86_400, description="How long a breaker is open before it counts."
    )
    stuck_seconds: float = Field(
        default=1800, gt=0, le=604_800, description="How long due or uncertain work may lie still before it counts."
    )
    failed_hours: float = Field(
        default=24, gt=0, le=8760, description="How long a failed meeting counts; `status` shows it for ever."
    )
    settled_seconds: float = Field(
        default=120, ge=0, le=86_400, description="How long it must be over before the resolved message goes out."
    )
    growth_seconds: float = Field(
        default=900, gt=0, le=604_800, description="How soon a message is repeated because the count grew."
    )
    repeat_seconds: float = Field(
        default=14_400, gt=0, le=2_592_000, description="How soon it is repeated although nothing changed."
    )
    retry_seconds: float = Field(default=60, gt=0, le=3600, description="The first wait after a refused message.")
    most_retry_seconds: float = Field(default=1800, gt=0, le=86_400, description="The longest one.")


@dataclass(frozen=True)
class Condition:
    """Something that is wrong now.

    ``key`` is stable as long as it is the same trouble, such as ``dead_letters:hubspot``; what stands before the colon is
    its kind. ``cause`` is one sentence of ids and counts, never a word of a transcript. ``next_command`` is what to type,
    ``over`` what the resolved message says instead of "It is over.".
    """

    key: str
    severity: Severity
    title: str
    cause: str
    since: datetime
    count: int = 1
    example_meeting: str | None = None
    next_command: str | None = None
    over: str | None = None

    @property
    def kind(self) -> str:
        """What stands before the colon."""
        return self.key.partition(":")[0]


@dataclass(frozen=True)
class Alert:
    """A condition that an operator is told of, from first sight to resolved.

    ``alert_id`` is the same in every message about it. ``seen_at`` is when the condition was last there, ``told`` how many
    messages were accepted, ``told_at`` when the last was and ``told_count`` and ``told_severity`` what it said.
    ``tries`` counts messages since then that were not known to be accepted, ``tried_at`` the last of them.
    """

    alert_id: str
    condition: Condition
    opened_at: datetime
    seen_at: datetime
    state: AlertState = AlertState.OPEN
    told: int = 0
    told_at: datetime | None = None
    told_count: int = 0
    told_severity: Severity | None = None
    tries: int = 0
    tried_at: datetime | None = None
    resolved_at: datetime | None = None

    @property
    def key(self) -> str:
        """The condition's key."""
        return self.condition.key

    def may_try(self, now: datetime, policy: AlertPolicy) -> bool:
        """Whether the pause after the last try is over; the first try of a message waits for nothing."""
        if self.tries == 0 or self.tried_at is None:
            return True
        pause = min(policy.retry_seconds * 2 ** min(self.tries - 1, 20), policy.most_retry_seconds)
        return now >= self.tried_at + timedelta(seconds=pause)


def opened(condition: Condition, now: datetime) -> Alert:
    """The alert of a condition nobody was told of yet. Two processes that see it at once get the same id."""
    return Alert(digest_of([condition.key, now.isoformat()])[:16], condition, now, now)


class Changes(NamedTuple):
    """What to send: alerts as they stand now, with their newest condition."""

    to_fire: tuple[Alert, ...]
    to_repeat: tuple[Alert, ...]
    to_resolve: tuple[Alert, ...]

    def __bool__(self) -> bool:
        """Whether there is anything to send."""
        return bool(self.to_fire or self.to_repeat or self.to_resolve)


def changes(
    open_alerts: Iterable[Alert],
    conditions: Iterable[Condition],
    now: datetime,
    policy: AlertPolicy,
    *,
    unknown: frozenset[str] = frozenset(),
) -> Changes:
    """What to fire, to repeat and to resolve.

    A condition without an open alert fires. An open alert is repeated when nobody accepted it yet, when it became
    more severe, when its count grew, and from time to time. It is resolved when its condition was gone for a while. ``unknown``
    are kinds that could not be looked at: nothing is resolved because nobody could see.
    """
    known = {alert.key: alert for alert in open_alerts}
    wrong = {condition.key: condition for condition in conditions}
    fire = tuple(opened(condition, now) for key, condition in wrong.items() if key not in known)
    seen = [replace(known[key], condition=condition, seen_at=now) for key, condition in wrong.items() if key in known]
    repeat = tuple(alert for alert in seen if _is_news(alert, now, policy) and alert.may_try(now, policy))
    settled = timedelta(seconds=policy.settled_seconds)
    resolve = tuple(
        alert
        for key, alert in known.items()
        if key not in wrong
        and alert.condition.kind not in unknown
        and now - alert.seen_at >= settled
        and alert.may_try(now, policy)
    )
    return Changes(fire, repeat, resolve)


def _is_news(alert: Alert, now: datetime, policy: AlertPolicy) -> bool:
    if alert.told_at is None:
        return True
    if alert.told_severity is Severity.WARNING and alert.condition.severity is Severity.CRITICAL:
        return True
    since = (now - alert.told_at).total_seconds()
    grew = alert.condition.count > alert.told_count
    return since >= policy.repeat_seconds or (grew and since >= policy.growth_seconds)
