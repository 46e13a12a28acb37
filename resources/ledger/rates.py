"""Rate budgets shared by processes.

What belongs here: statements over ``rate_budgets``. What does not: the arithmetic (see ``artifact_assets.domain.rates``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.model_ports import ProviderLimits
from artifact_assets.domain.rates import UNITS, Bucket, RatePolicy, Rates, fresh, observed, take, throttled
from resources.database.transaction import Transaction
from resources.ledger.tables import RATE_BUDGETS

_R = RATE_BUDGETS.c
ALL = select(RATE_BUDGETS).order_by(_R.name)
_LOCKED = select(RATE_BUDGETS).where(_R.name == bindparam("b_name")).with_for_update()


def _statements(insert: Any) -> tuple[Any, Any]:
    statement = insert(RATE_BUDGETS)
    replaced = {column.name: statement.excluded[column.name] for column in _R if column.name != "name"}
    return (
        statement.on_conflict_do_update(index_elements=["name"], set_=replaced),
        insert(RATE_BUDGETS).on_conflict_do_nothing(index_elements=["name"]),
    )


_BY_DIALECT: dict[str, tuple[Any, Any]] = {
    "sqlite": _statements(sqlite.insert),
    "postgresql": _statements(postgresql.insert),
}


@dataclass(frozen=True)
class Taking:
    """A request for one call's share."""

    name: str
    now: datetime
    policy: RatePolicy
    tokens: float
    live: bool


@dataclass(frozen=True)
class Throttling:
    """A 429."""

    name: str
    now: datetime
    policy: RatePolicy
    retry_after: float | None


@dataclass(frozen=True)
class Observing:
    """What an answer's headers told."""

    name: str
    now: datetime
    policy: RatePolicy
    limits: ProviderLimits
    spare: float


A = TypeVar("A", Taking, Throttling, Observing)


def take_many(transaction: Transaction, requests: Sequence[Taking]) -> Sequence[float | PipelineError]:
    """Shares of the budget: 0 when taken, else seconds to wait. Live requests of one group go first."""
    waits: dict[int, float] = {}

    def change(rates: Rates, request: Taking) -> Rates:
        # The server's clock on PostgreSQL: machines that share a budget disagree on the time.
        after, wait = take(rates, transaction.lease_now(request.now), request.tokens, request.policy, live=request.live)
        waits[id(request)] = wait
        return after

    _each(transaction, sorted(requests, key=lambda request: not request.live), change)
    return [waits[id(request)] for request in requests]


def throttle(transaction: Transaction, requests: Sequence[Throttling]) -> Sequence[PipelineError | None]:
    """Cut budgets after 429s."""
    _each(
        transaction,
        requests,
        lambda rates, told: throttled(rates, transaction.lease_now(told.now), told.retry_after, told.policy),
    )
    return [None] * len(requests)


def observe(transaction: Transaction, requests: Sequence[Observing]) -> Sequence[PipelineError | None]:
    """Learn limits from headers."""
    _each(
        transaction,
        requests,
        lambda rates, told: observed(rates, transaction.lease_now(told.now), told.limits, told.spare, told.policy),
    )
    return [None] * len(requests)


def one(name: str) -> Select[Any]:
    """A dependency's budget."""
    return select(RATE_BUDGETS).where(_R.name == name)


def rates_from(row: Row[Any]) -> Rates:
    """A row of ``rate_budgets``."""
    buckets = {unit: Bucket(**row.buckets[unit]) for unit in UNITS}
    return Rates(row.name, row.at, buckets["requests"], buckets["tokens"], row.blocked_until, row.live_until)


def _each(transaction: Transaction, requests: Sequence[A], change: Callable[[Rates, A], Rates]) -> None:
    """One read and one write per dependency, however many ask."""
    store, _ = _BY_DIALECT[transaction.connection.dialect.name]
    for name in sorted({request.name for request in requests}):
        asking = [request for request in requests if request.name == name]
        rates = _locked(transaction, asking[0])
        for request in asking:
            rates = change(rates, request)
        transaction.many(store, [_values(rates)])


def _locked(transaction: Transaction, request: Taking | Throttling | Observing) -> Rates:
    rows = transaction.rows(_LOCKED, b_name=request.name)
    if not rows:
        _, add = _BY_DIALECT[transaction.connection.dialect.name]
        new = fresh(request.name, transaction.lease_now(request.now), request.policy)
        transaction.many(add, [_values(new)])
        rows = transaction.rows(_LOCKED, b_name=request.name)
    return rates_from(rows[0])


def _values(rates: Rates) -> dict[str, Any]:
    return {
        "name": rates.name,
        "at": rates.at,
        "buckets": {unit: vars(rates.bucket(unit)) for unit in UNITS},
        "blocked_until": rates.blocked_until,
        "live_until": rates.live_until,
    }
