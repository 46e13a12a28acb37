"""What dependencies cost, by scope, with room reserved for calls under way.

What belongs here: statements over ``spending`` and ``reservations``. What does not: which caps there are (see
``artifact_assets.domain.budgets``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from artifact_assets.domain.budgets import Amount, Cap, Exceeded
from artifact_assets.domain.failures import PipelineError
from resources.database.transaction import Transaction
from resources.ledger.tables import RESERVATIONS, SPENDING

_S, _R = SPENDING.c, RESERVATIONS.c
_LOCKED = (
    select(SPENDING)
    .where(_S.name == bindparam("b_name"), _S.scope.in_(bindparam("scopes", expanding=True)))
    .order_by(_S.scope)
    .with_for_update()
)
_RESERVED = select(RESERVATIONS).where(
    _R.name == bindparam("b_name"),
    _R.scope.in_(bindparam("scopes", expanding=True)),
    _R.until > bindparam("b_now"),
    _R.key != bindparam("b_key"),
)
_DROP = delete(RESERVATIONS).where(_R.name == bindparam("b_name"), _R.key == bindparam("b_key"))
_LAPSED = delete(RESERVATIONS).where(_R.name == bindparam("b_name"), _R.until <= bindparam("b_now"))


def _statements(insert: Any) -> tuple[Any, Any, Any]:
    count = insert(SPENDING)
    added = {unit: _S[unit] + count.excluded[unit] for unit in ("calls", "tokens", "cost")}
    hold = insert(RESERVATIONS)
    held = {column: hold.excluded[column] for column in ("calls", "tokens", "cost", "until")}
    return (
        count.on_conflict_do_update(index_elements=["name", "scope"], set_=added),
        insert(SPENDING).on_conflict_do_nothing(index_elements=["name", "scope"]),
        hold.on_conflict_do_update(index_elements=["name", "key", "scope"], set_=held),
    )


_BY_DIALECT: dict[str, tuple[Any, Any, Any]] = {
    "sqlite": _statements(sqlite.insert),
    "postgresql": _statements(postgresql.insert),
}


@dataclass(frozen=True)
class Reserving:
    """A request to set an amount aside for one call, named by ``key``."""

    name: str
    key: str
    amount: Amount
    caps: Mapping[str, Cap]
    seconds: float
    now: datetime


@dataclass(frozen=True)
class Spending:
    """What the call named by ``key`` used."""

    name: str
    key: str
    amount: Amount
    scopes: tuple[str, ...]


def reserve(transaction: Transaction, requests: Sequence[Reserving]) -> Sequence[Exceeded | PipelineError | None]:
    """Set amounts aside one after the other, so that together they stay below every cap."""
    return [_reserve(transaction, request) for request in requests]


def spend(transaction: Transaction, requests: Sequence[Spending]) -> Sequence[PipelineError | None]:
    """Count what was used and drop the reservations."""
    count, _, _ = _BY_DIALECT[transaction.connection.dialect.name]
    together: dict[tuple[str, str], Amount] = {}
    for name, scope, amount in ((r.name, scope, r.amount) for r in requests for scope in r.scopes):
        together[name, scope] = together.get((name, scope), Amount()) + amount
    # In one order everywhere, so that two processes do not wait for each other.
    rows = [{"name": name, "scope": scope, **vars(together[name, scope])} for name, scope in sorted(together)]
    transaction.many(count, rows)
    transaction.many(_DROP, [{"b_name": request.name, "b_key": request.key} for request in requests])
    return [None] * len(requests)


def of(name: str) -> Select[Any]:
    """Everything a dependency cost, by scope."""
    return select(SPENDING).where(_S.name == name).order_by(_S.scope)


def within(scope: str) -> Select[Any]:
    """What all dependencies cost in one scope."""
    return select(SPENDING).where(_S.scope == scope).order_by(_S.name)


def by_name_from(row: Row[Any]) -> tuple[str, Amount]:
    """A row of ``spending`` by dependency."""
    return row.name, Amount(row.calls, row.tokens, row.cost)


def amount_from(row: Row[Any]) -> tuple[str, Amount]:
    """A row of ``spending``."""
    return row.scope, Amount(row.calls, row.tokens, row.cost)


def _reserve(transaction: Transaction, request: Reserving) -> Exceeded | None:
    scopes, now = sorted(request.caps), transaction.lease_now(request.now)
    used = _used(transaction, request, scopes, now)
    for scope in scopes:
        unit = request.caps[scope].refuses(used[scope] + request.amount)
        if unit is not None:
            return Exceeded(scope, unit, used[scope], request.caps[scope])
    _, _, hold = _BY_DIALECT[transaction.connection.dialect.name]
    until = now + timedelta(seconds=request.seconds)
    base = {"name": request.name, "key": request.key, "until": until, **vars(request.amount)}
    transaction.many(hold, [{**base, "scope": scope} for scope in scopes])
    return None


def _used(transaction: Transaction, request: Reserving, scopes: Sequence[str], now: datetime) -> dict[str, Amount]:
    _, add, _ = _BY_DIALECT[transaction.connection.dialect.name]
    # The rows have to be there to be locked: two processes must not both find room.
    transaction.many(add, [{"name": request.name, "scope": scope, **vars(Amount())} for scope in scopes])
    used = dict(map(amount_from, transaction.rows(_LOCKED, b_name=request.name, scopes=scopes)))
    transaction.connection.execute(_LAPSED, {"b_name": request.name, "b_now": now})
    reserved = transaction.rows(_RESERVED, b_name=request.name, scopes=scopes, b_now=now, b_key=request.key)
    for row in reserved:
        used[row.scope] = used[row.scope] + Amount(row.calls, row.tokens, row.cost)
    return used
