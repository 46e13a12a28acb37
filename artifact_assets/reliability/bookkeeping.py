"""The books, the promises and the clock together: what commands, the asset and alerts ask.

What belongs here: facts that are fresh enough, budgets and what burns. What does not: laying out answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from artifact_assets.domain.ledger_columns import LedgerColumns
from artifact_assets.domain.objectives import ReliabilityPolicy
from artifact_assets.domain.ports import Clock
from artifact_assets.reliability.books import Books
from artifact_assets.reliability.burning import Budget, Burning, budget_of, burning, events_of, windows
from artifact_assets.reliability.datasets import CUTS
from artifact_assets.reliability.facts import Facts
from artifact_assets.reliability.metrics.registry import measured


@dataclass(frozen=True)
class Bookkeeping:
    """Books of one ledger. ``columns`` reads it."""

    columns: LedgerColumns
    books: Books
    policy: ReliabilityPolicy
    clock: Clock

    async def facts(self, most_seconds: float = 0.0) -> Facts:
        """All facts, at most so many seconds old."""
        now = self.clock.now()
        made = self.books.made_at()
        if made is None or not timedelta(0) <= now - made <= timedelta(seconds=most_seconds):
            await self.books.refresh(self.columns, now)
        return self.books.facts()

    async def keep_metrics(self, since: date, until: date) -> int:
        """Put what was measured on the days from ``since`` to before ``until`` into the export; returns how many days."""
        facts = (await self.facts()).on(since, until)
        rows = measured(facts, [*CUTS, "destination"])
        days = [day for day in rows["day"].unique().sort() if day is not None]
        for day in days:
            self.books.keep_metrics(day, rows.filter(pl.col("day") == day))
        return len(days)

    def budgets(self, facts: Facts, now: datetime) -> tuple[Budget, ...]:
        """Where each objective stands."""
        recent = self._recent(facts, now)
        return tuple(budget_of(one, events_of(one, recent, now), now) for one in self.policy.objectives)

    def burning(self, facts: Facts, now: datetime) -> Sequence[Burning]:
        """The objectives whose budget burns too fast."""
        recent = self._recent(facts, now)
        found = [burning(one, events_of(one, recent, now), now, self.policy) for one in self.policy.objectives]
        return [one for one in found if one is not None]

    def _recent(self, facts: Facts, now: datetime) -> Facts:
        # A day more: lateness counts for the moment it began, which may lie before the end it is noticed by.
        longest = windows(self.policy) + timedelta(days=1)
        late = max((one.within_minutes or 0 for one in self.policy.objectives), default=0)
        return facts.on((now - longest - timedelta(minutes=late)).date(), now.date() + timedelta(days=1))
