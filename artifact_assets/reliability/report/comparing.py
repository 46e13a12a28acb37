"""Spans of days, whether two numbers differ, and when a dependency was not as usual.

What belongs here: arithmetic that the report's judgements rest on. What does not: what is compared (see ``gathering``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

FEW = 20
"""With fewer counted on either side nothing is said to have changed."""
SURE = 1.96
"""Standard errors between two shares before they count as different: one such claim in twenty is chance."""
NOTABLE = 0.2
"""How much a duration, a cost or a rate has to move before it counts as different."""


@dataclass(frozen=True)
class Span:
    """The days the report is about, ``until`` excluded, and the same number of days before."""

    since: date
    until: date

    @property
    def before(self) -> Span:
        """The days it is compared with."""
        return Span(self.since - (self.until - self.since), self.since)

    @property
    def days(self) -> list[date]:
        """Each of them."""
        return [self.since + timedelta(days=number) for number in range((self.until - self.since).days)]


def differ(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether two shares, each with how many were counted, differ by more than chance (two-proportion z test)."""
    (p, n), (q, m) = one, other
    if min(n, m) < FEW:
        return False
    pooled = (p * n + q * m) / (n + m)
    error = math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    return error > 0 and abs(p - q) / error > SURE


def moved(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether two amounts differ notably."""
    (now, n), (then, m) = one, other
    return min(n, m) >= FEW and then > 0 and abs(now - then) / then >= NOTABLE


def history_of(
    changes: pl.DataFrame, span: Span, now: datetime
) -> Mapping[str, tuple[tuple[datetime, datetime, str], ...]]:
    """Stretches in which each dependency was not as usual, clipped to the span."""
    begin = datetime.combine(span.since, datetime.min.time(), now.tzinfo)
    found: dict[str, list[tuple[datetime, datetime, str]]] = {}
    for name, rows in changes.sort("at", maintain_order=True).group_by("name", maintain_order=True):
        moves = [(row["at"], row["state"]) for row in rows.iter_rows(named=True)]
        ends = [at for at, _ in moves[1:]] + [now]
        for (at, state), end in zip(moves, ends, strict=True):
            if state != "up" and end > begin:
                found.setdefault(str(name[0]), []).append((max(at, begin), end, state))
    return {name: tuple(spans) for name, spans in sorted(found.items())}
