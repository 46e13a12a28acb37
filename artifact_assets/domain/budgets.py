"""Caps on what a dependency may cost: calls, tokens and money per meeting, per day, per backfill.

What belongs here: amounts, caps and scopes. What does not: counting across processes (see ``resources.ledger.spending``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import Field

from artifact_assets.domain.documents import Document


class Cap(Document):
    """The most that may be used. None is no cap; ``cost`` is in US dollars."""

    calls: int | None = Field(default=None, ge=0)
    tokens: int | None = Field(default=None, ge=0)
    cost: float | None = Field(default=None, ge=0)

    def refuses(self, amount: Amount) -> str | None:
        """What of ``amount`` is above the cap: calls, tokens, cost, or None."""
        for unit in ("calls", "tokens", "cost"):
            most = getattr(self, unit)
            if most is not None and getattr(amount, unit) > most:
                return unit
        return None


class BudgetPolicy(Document):
    """Caps by scope. A day is a UTC day."""

    meeting: Cap = Cap()
    day: Cap = Cap()
    backfill: Cap = Cap()


@dataclass(frozen=True)
class Amount:
    """Something used or about to be."""

    calls: int = 0
    tokens: int = 0
    cost: float = 0.0

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.calls + other.calls, self.tokens + other.tokens, self.cost + other.cost)


@dataclass(frozen=True)
class Exceeded:
    """A cap that would be broken. ``used`` counts what is spent and what is reserved by calls under way."""

    scope: str
    unit: str
    used: Amount
    cap: Cap


def scopes(
    policy: BudgetPolicy,
    now: datetime,
    meeting_id: str | None = None,
    backfill: str | None = None,
    *,
    most: float | None = None,
) -> Mapping[str, Cap]:
    """The scopes one call counts towards, with their caps. ``most`` US dollars are this backfill's own cap."""
    found = {day_scope(now): policy.day}
    if meeting_id is not None:
        found[f"meeting:{meeting_id}"] = policy.meeting
    if backfill is not None:
        own = policy.backfill if most is None else policy.backfill.model_copy(update={"cost": most})
        found[f"backfill:{backfill}"] = own
    return found


def day_scope(now: datetime) -> str:
    """The scope of the UTC day of ``now``."""
    return f"day:{now.astimezone(UTC):%Y-%m-%d}"


def next_day(now: datetime) -> datetime:
    """When the day's budget starts anew."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=1)
