"""Alerts, across processes.

What belongs here: statements over ``alerts``, and the ``AlertBook`` port over them. What does not: what is to be sent (see
``artifact_assets.domain.alerts``) and sending it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from artifact_assets.domain.alerts import Alert, AlertState, Condition, Severity
from artifact_assets.domain.failures import PipelineError
from resources.database.transaction import Transaction
from resources.ledger.alert_tables import ALERTS
from resources.ledger.ledger import SqlLedger

_A = ALERTS.c
_OPEN = select(ALERTS).where(_A.state == AlertState.OPEN.value).order_by(_A.opened_at, _A.key)
_OF_KEY = select(ALERTS).where(_A.key == bindparam("b_key"), _A.state == AlertState.OPEN.value).with_for_update()
_ADD: dict[str, Any] = {
    "sqlite": sqlite.insert(ALERTS).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(ALERTS).on_conflict_do_nothing(),
}
_SEEN = ("severity", "title", "cause", "since", "count", "example_meeting", "next_command", "over", "seen_at")
_TOLD = ("state", "told", "told_at", "told_count", "told_severity", "tries", "tried_at", "resolved_at")


def _storing(names: Sequence[str]) -> Any:
    return (
        update(ALERTS)
        # What is resolved stays so: a process that stood still must not open it again.
        .where(_A.alert_id == bindparam("b_alert_id"), _A.state == AlertState.OPEN.value)
        .values({name: bindparam(f"b_{name}") for name in names})
    )


_STORE_SEEN, _STORE_ALL = _storing(_SEEN), _storing((*_SEEN, *_TOLD))


@dataclass(frozen=True)
class Beginning:
    """A wish to send the next message about an alert."""

    alert: Alert
    now: datetime
    pause_seconds: float


def begin(transaction: Transaction, requests: Sequence[Beginning]) -> Sequence[Alert | PipelineError | None]:
    """Give the right to send to one asker at a time."""
    return [_begin(transaction, request) for request in requests]


def note(transaction: Transaction, requests: Sequence[Alert]) -> Sequence[PipelineError | None]:
    """Store open alerts as they are."""
    transaction.many(_STORE_ALL, [_bound(alert, (*_SEEN, *_TOLD)) for alert in requests])
    return [None] * len(requests)


def see(transaction: Transaction, requests: Sequence[Alert]) -> Sequence[PipelineError | None]:
    """Store what is wrong now, and nothing of what was told: somebody may be telling it at this moment."""
    transaction.many(_STORE_SEEN, [_bound(alert, _SEEN) for alert in requests])
    return [None] * len(requests)


def alert_from(row: Row[Any]) -> Alert:
    """A row of ``alerts``."""
    condition = Condition(
        key=row.key,
        severity=Severity(row.severity),
        title=row.title,
        cause=row.cause,
        since=row.since,
        # Named like the method every row has.
        count=row._mapping["count"],  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - its documented name
        example_meeting=row.example_meeting,
        next_command=row.next_command,
        over=row.over,
    )
    return Alert(
        alert_id=row.alert_id,
        condition=condition,
        opened_at=row.opened_at,
        seen_at=row.seen_at,
        state=AlertState(row.state),
        told=row.told,
        told_at=row.told_at,
        told_count=row.told_count,
        told_severity=Severity(row.told_severity) if row.told_severity else None,
        tries=row.tries,
        tried_at=row.tried_at,
        resolved_at=row.resolved_at,
    )


class SqlAlerts:
    """``AlertBook`` in the ledger's database."""

    def __init__(self, ledger: SqlLedger) -> None:
        self._ledger = ledger

    async def open_alerts(self) -> tuple[Alert, ...]:
        """See ``AlertBook.open_alerts``."""
        return await self._ledger.read(_OPEN, alert_from)

    async def begin(self, alert: Alert, now: datetime, pause_seconds: float) -> Alert | None:
        """See ``AlertBook.begin``."""
        return await self._ledger.write(begin, Beginning(alert, now, pause_seconds), ("alert", alert.key))

    async def accepted(self, alert: Alert, now: datetime) -> None:
        """See ``AlertBook.accepted``."""
        told = replace(
            alert,
            told=alert.told + 1,
            told_at=now,
            told_count=alert.condition.count,
            told_severity=alert.condition.severity,
            tries=0,
            tried_at=None,
        )
        await self._ledger.write(note, told, ("alert", alert.key))

    async def resolved(self, alert: Alert, now: datetime) -> None:
        """See ``AlertBook.resolved``."""
        over = replace(alert, state=AlertState.RESOLVED, resolved_at=now, tries=0, tried_at=None)
        await self._ledger.write(note, over, ("alert", alert.key))

    async def seen(self, alerts: Sequence[Alert]) -> None:
        """See ``AlertBook.seen``."""
        await asyncio.gather(*(self._ledger.write(see, alert, ("alert", alert.key)) for alert in alerts))


def _begin(transaction: Transaction, request: Beginning) -> Alert | None:
    wanted, now = request.alert, request.now
    if not wanted.told and not wanted.tries:
        begun = replace(wanted, tries=1, tried_at=now)
        added = transaction.connection.execute(_ADD[transaction.connection.dialect.name], _values(begun))
        if added.rowcount:
            return begun
    found = transaction.rows(_OF_KEY, b_key=wanted.key)
    if not found or found[0].alert_id != wanted.alert_id:
        return None
    there = alert_from(found[0])
    if there.tried_at is not None and there.tried_at > now - timedelta(seconds=request.pause_seconds):
        return None
    begun = replace(there, condition=wanted.condition, seen_at=wanted.seen_at, tries=there.tries + 1, tried_at=now)
    note(transaction, [begun])
    return begun


def _bound(alert: Alert, names: Sequence[str]) -> dict[str, Any]:
    values = _values(alert)
    return {"b_alert_id": alert.alert_id, **{f"b_{name}": values[name] for name in names}}


def _values(alert: Alert) -> dict[str, Any]:
    values = {**vars(alert.condition), **vars(alert)}
    del values["condition"]
    values["state"], values["severity"] = alert.state.value, alert.condition.severity.value
    values["told_severity"] = alert.told_severity.value if alert.told_severity else None
    return values
