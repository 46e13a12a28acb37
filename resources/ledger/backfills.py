"""Backfills, across processes: switches, paces, progress.

What belongs here: statements over ``backfills`` and over the meetings of one, and the ``Backfills`` port. What does not: what
a pause or a pace means (see ``artifact_assets.domain.backfills``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, case, func, select
from sqlalchemy.dialects import postgresql, sqlite

from artifact_assets.domain.backfills import ALL, Backfill, Pace, Progress, held, holding, merged
from artifact_assets.domain.failures import Deferral, PipelineError
from artifact_assets.domain.ports import Clock
from artifact_assets.domain.states import MEETING_STATES, MeetingState
from resources.database.transaction import Transaction
from resources.ledger.backfill_tables import BACKFILLS
from resources.ledger.ledger import SqlLedger
from resources.ledger.tables import MEETINGS

FRESH_SECONDS = 1.0
"""How old the ledger's word may be: a pause reaches every process within a few seconds."""
LATELY = timedelta(minutes=5)
"""The time over which a rate is told: shorter jumps, longer hides a change."""
_B, _M = BACKFILLS.c, MEETINGS.c
_ALL = select(BACKFILLS).order_by(_B.name)
_NAMES = (
    select(_M.backfill).where(_M.backfill.is_not(None)).group_by(_M.backfill).order_by(func.max(_M.updated_at).desc())
)
_ENDED = tuple(state.value for state, rule in MEETING_STATES.items() if rule.terminal)
_INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True)
class Changing:
    """A request to store some columns of a backfill's row."""

    name: str
    values: Mapping[str, Any]


def change(transaction: Transaction, requests: Sequence[Changing]) -> Sequence[PipelineError | None]:
    """Store what people said; columns that are not named stay."""
    for request in requests:
        insert: Any = _INSERT[transaction.connection.dialect.name](BACKFILLS)
        statement = insert.values(**{"name": request.name, "paused": False, **request.values})
        if request.values:
            statement = statement.on_conflict_do_update(index_elements=["name"], set_=dict(request.values))
        else:
            statement = statement.on_conflict_do_nothing()
        transaction.connection.execute(statement)
    return [None] * len(requests)


def backfill_from(row: Row[Any]) -> Backfill:
    """A row of ``backfills``."""
    pace = Pace(at_once=row.at_once, calls_per_minute=row.calls_per_minute, cost=row.cost)
    return Backfill(row.name, row.paused, row.since, row.who, row.why, pace)


class SqlBackfills:
    """``Backfills`` in the ledger's database. ``configured`` and ``asked`` are the paces that no row overrides."""

    def __init__(self, ledger: SqlLedger, clock: Clock, configured: Pace, asked: Pace | None = None) -> None:
        self._ledger = ledger
        self._clock = clock
        self._below = (asked or Pace(), configured)
        self._seen: Mapping[str, Backfill] = {}
        self._seen_at = -1e9

    async def hold(self, name: str | None) -> None:
        """See ``Backfills.hold``."""
        if not name:
            return
        row = holding(await self._rows(), name)
        if row is not None:
            raise Deferral(held(row), None)

    async def pace(self, name: str) -> Pace:
        """See ``Backfills.pace``."""
        rows = await self._rows()
        return merged((*(rows[key].pace for key in (name, ALL) if key in rows), *self._below))

    async def rows(self) -> Mapping[str, Backfill]:
        """See ``Backfills.rows``."""
        return {row.name: row for row in await self._ledger.read(_ALL, backfill_from)}

    async def switch(self, name: str, *, paused: bool, who: str, why: str, now: datetime) -> None:
        """See ``Backfills.switch``."""
        values = {"paused": paused, "who": who, "why": why, "since": now}
        await self._change(name, values)

    async def choose(self, name: str, pace: Pace) -> None:
        """See ``Backfills.choose``."""
        await self._change(name, pace.model_dump(exclude_none=True))

    async def progress(self, name: str, total: int | None, now: datetime) -> Progress:
        """See ``Backfills.progress``."""
        ended = _M.state.in_(_ENDED) & (_M.updated_at > now - LATELY)
        statement = (
            select(
                _M.state,
                func.count().label("meetings"),
                func.sum(case((ended, 1), else_=0)).label("lately"),
                func.min(case((ended, _M.updated_at))).label("first"),
            )
            .where(_M.backfill == name)
            .group_by(_M.state)
        )
        rows = await self._ledger.read(
            statement, lambda row: (MeetingState(row.state), row.meetings, row.lately, row.first)
        )
        first = min((when for *_, when in rows if when is not None), default=now)
        minutes = max((now - first).total_seconds(), 10.0) / 60
        lately = sum(number for _, _, number, _ in rows)
        return Progress(name, total, {state: number for state, number, _, _ in rows}, lately / minutes)

    async def names(self) -> tuple[str, ...]:
        """See ``Backfills.names``."""
        return await self._ledger.read(_NAMES, lambda row: str(row.backfill))

    async def _change(self, name: str, values: Mapping[str, Any]) -> None:
        await self._ledger.write(change, Changing(name, values), ("backfill", name))
        self._seen_at = -1e9

    async def _rows(self) -> Mapping[str, Backfill]:
        if self._clock.monotonic() - self._seen_at > FRESH_SECONDS:
            self._seen_at = self._clock.monotonic()
            self._seen = await self.rows()
        return self._seen
