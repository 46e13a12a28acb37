"""The ledger's tables column by column, for counting.

What belongs here: the ``LedgerColumns`` port: which columns, and which rows belong to a span of days. What does not:
counting (see ``artifact_assets.reliability``).

Rows come straight from the driver: on SQLite times stay the text they are stored as, because making a million objects of
them here would take longer than the counting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Engine,
    Select,
    String,
    func,
    select,
    type_coerce,
    union,
)
from sqlalchemy.exc import SQLAlchemyError

from artifact_assets.domain.erasure import CASE_MADE
from artifact_assets.domain.ledger_columns import Columns, Days, Marks, Reading
from artifact_assets.domain.retention import CONFIRMED, RETAINED
from resources.database.columns import UtcTime
from resources.database.failures import database_failure
from resources.database.queries import query
from resources.ledger.history_tables import DEPENDENCY_CHANGES, REPAIRS
from resources.ledger.tables import (
    ATTEMPTS,
    CHECKPOINTS,
    INTENTS,
    INTERVENTIONS,
    ITEMS,
    MEETINGS,
    MODEL_CALLS,
    TRANSITIONS,
)

_M, _T, _C, _I, _A = MEETINGS.c, TRANSITIONS.c, CHECKPOINTS.c, INTENTS.c, ATTEMPTS.c

_OF_MEETING: Mapping[Reading, tuple[Any, Any, tuple[ColumnElement[Any], ...]]] = {
    Reading.TRANSITIONS: (TRANSITIONS, _T.id, (_T.meeting_id, _T.before, _T.after, _T.at, _T.run_id, _T.failure_class)),
    Reading.STEPS: (
        CHECKPOINTS,
        _C.id,
        (
            _C.meeting_id,
            _C.stage,
            _C.created_at,
            _C.duration_seconds,
            _C.attempts,
            _C.metadata["extractor"].as_string().label("extractor"),
            _C.metadata["model"].as_string().label("model"),
            _C.components["artifact"].as_string().label("artifact"),
        ),
    ),
    Reading.ITEMS: (ITEMS, ITEMS.c.id, tuple(ITEMS.c[name] for name in (
        "meeting_id", "item_id", "kind", "state", "created_at", "updated_at"))),
    Reading.INTENTS: (INTENTS, _I.id, tuple(_I[name] for name in (
        "meeting_id", "intent_key", "record_key", "item_id", "destination", "operation", "state", "failure_class",
        "attempts", "created_at", "updated_at"))),
    Reading.CALLS: (MODEL_CALLS, MODEL_CALLS.c.id, tuple(MODEL_CALLS.c[name] for name in (
        "meeting_id", "model", "outcome", "failure_class", "started_at", "duration_seconds", "attempts",
        "input_tokens", "output_tokens", "cost", "prompt_version"))),
}  # fmt: skip
_ATTEMPT = (_A.intent_key, _I.record_key, _I.meeting_id, _A.outcome, _A.code, _A.started_at, _A.ended_at)
_MARKED = {
    "transitions": TRANSITIONS,
    "checkpoints": CHECKPOINTS,
    "attempts": ATTEMPTS,
    "model_calls": MODEL_CALLS,
    "interventions": INTERVENTIONS,
}
OVERLAP = 1000
"""Rows before a mark that are looked at again: on PostgreSQL a row may become visible after one with a higher number."""
OVERLAP_OF_PEOPLE = 20
"""The same for what people do, which is little: a thousand rows of it reach back for months."""
NO_REPAIR = (RETAINED, CONFIRMED, CASE_MADE)
"""Recorded like what people had to do, and nothing that a good day would have spared them."""


class SqlColumns:
    """``LedgerColumns`` on the ledger's database. ``engine`` is made by ``resources.database.engine.reading``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._sqlite = engine.dialect.name == "sqlite"

    async def read(self, what: Reading, days: Days) -> Columns:
        """See ``LedgerColumns.read``."""
        if what is Reading.MEETINGS:
            return await self._columns(self._meetings().where(*_on(days)).order_by(_M.id))
        if what is Reading.ATTEMPTS:
            return await self._columns(self._attempts(days))
        table, number, columns = _OF_MEETING[what]
        joined = select(*self._raw(columns)).join_from(MEETINGS, table, table.c.meeting_id == _M.meeting_id)
        return await self._columns(joined.where(*_on(days)).order_by(number))

    async def repairs(self, days: Days) -> Columns:
        """See ``LedgerColumns.repairs``."""
        named = (REPAIRS.c.intent_key, REPAIRS.c.what, REPAIRS.c.noticed_at)
        joined = select(*self._raw(named)).join_from(MEETINGS, INTENTS, _I.meeting_id == _M.meeting_id)
        return await self._columns(joined.join(REPAIRS, REPAIRS.c.intent_key == _I.intent_key).where(*_on(days)))

    async def interventions(self, days: Days) -> Columns:
        """See ``LedgerColumns.interventions``."""
        own = INTERVENTIONS.c
        named = (own.at, own.action, own.meeting_id, _M.kind, _M.backfill)
        joined = select(*self._raw(named)).join_from(
            INTERVENTIONS, MEETINGS, own.meeting_id == _M.meeting_id, isouter=True
        )
        within = (own.at >= _start(days.since), own.at < _start(days.until))
        return await self._columns(joined.where(*within, own.action.not_in(NO_REPAIR)).order_by(own.id))

    async def dependency_changes(self, since: datetime) -> Columns:
        """See ``LedgerColumns.dependency_changes``."""
        own = DEPENDENCY_CHANGES.c
        before = select(func.max(own.id)).where(own.at < since).group_by(own.name)
        named = self._raw((own.name, own.state, own.at, own.failure_class, own.cause))
        return await self._columns(select(*named).where((own.at >= since) | own.id.in_(before)).order_by(own.id))

    async def marks(self) -> Marks:
        """See ``LedgerColumns.marks``."""
        newest = select(*(select(func.max(t.c.id)).scalar_subquery().label(name) for name, t in _MARKED.items()))
        found = await self._columns(newest)
        return Marks(**{name: int(values[0] or 0) for name, values in found.items()})

    async def changed_days(self, marks: Marks) -> Iterable[date]:
        """See ``LedgerColumns.changed_days``."""
        own = INTERVENTIONS.c
        done = select(func.date(own.at).label("day")).where(own.id > _after("interventions", marks))
        received = select(func.date(_M.received_at).label("day"))
        if marks != Marks():
            received = received.where(_M.meeting_id.in_(select(_concerned(marks).subquery().c.meeting_id)))
        found = await self._columns(union(received, done))
        return sorted(day if isinstance(day, date) else date.fromisoformat(day) for day in found["day"])

    def _meetings(self) -> Select[Any]:
        named = [_M[name] for name in (
            "meeting_id", "kind", "state", "failure_class", "received_at", "updated_at", "next_attempt_at",
            "attempts", "items", "quarantined", "delivered", "backfill")]  # fmt: skip
        return select(*self._raw(named))

    def _attempts(self, days: Days) -> Select[Any]:
        joined = select(*self._raw(_ATTEMPT)).join_from(MEETINGS, INTENTS, _I.meeting_id == _M.meeting_id)
        return joined.join(ATTEMPTS, _A.intent_key == _I.intent_key).where(*_on(days)).order_by(_A.id)

    def _raw(self, columns: Iterable[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
        """The columns as the driver hands them out, times included."""
        if not self._sqlite:
            return list(columns)
        return [type_coerce(c, String).label(c.key) if isinstance(c.type, UtcTime) else c for c in columns]

    async def _columns(self, statement: Select[Any] | CompoundSelect[Any]) -> Columns:
        def read(connection: Connection) -> Columns:
            result = connection.execute(statement)
            names, rows = list(result.keys()), result.all()
            values = list(zip(*rows, strict=True)) if rows else [()] * len(names)
            return dict(zip(names, values, strict=True))

        def answered() -> Columns:
            try:
                return query(self._engine, read)
            except SQLAlchemyError as error:
                raise database_failure(error, "it could not be counted") from None

        return await asyncio.to_thread(answered)


def _after(name: str, marks: Marks) -> int:
    overlap = min(OVERLAP, OVERLAP_OF_PEOPLE) if name == "interventions" else OVERLAP
    return max(getattr(marks, name) - overlap, 0)


def _concerned(marks: Marks) -> CompoundSelect[Any]:
    """Meetings that anything was written about after ``marks``."""
    parts: list[Select[Any]] = []
    for name, table in _MARKED.items():
        newer = table.c.id > _after(name, marks)
        if table is ATTEMPTS:
            parts.append(
                select(_I.meeting_id).join_from(ATTEMPTS, INTENTS, _I.intent_key == _A.intent_key).where(newer)
            )
        else:
            parts.append(select(table.c.meeting_id).where(newer, table.c.meeting_id.is_not(None)))
    return union(*parts)


def _on(days: Days) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _M.received_at >= _start(days.since), _M.received_at < _start(days.until)


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
