"""Health of dependencies.

What belongs here: statements over ``dependency_health``. What does not: when a breaker opens (see
``artifact_assets.domain.dependency``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from artifact_assets.domain.dependency import (
    Admission,
    BreakerPolicy,
    Health,
    HealthState,
    admit,
    failed,
    healthy,
    succeeded,
)
from artifact_assets.domain.failures import FailureClass, PipelineError
from resources.database.transaction import Transaction
from resources.ledger.history import note_change
from resources.ledger.tables import DEPENDENCY_HEALTH

_H = DEPENDENCY_HEALTH.c
ALL = select(DEPENDENCY_HEALTH).order_by(_H.name)
_LOCKED = select(DEPENDENCY_HEALTH).where(_H.name == bindparam("b_name")).with_for_update()


def _statements(insert: Any) -> tuple[Any, Any]:
    statement = insert(DEPENDENCY_HEALTH)
    replaced = {column.name: statement.excluded[column.name] for column in _H if column.name != "name"}
    return (
        statement.on_conflict_do_update(index_elements=["name"], set_=replaced),
        insert(DEPENDENCY_HEALTH).on_conflict_do_nothing(index_elements=["name"]),
    )


_BY_DIALECT: dict[str, tuple[Any, Any]] = {
    "sqlite": _statements(sqlite.insert),
    "postgresql": _statements(postgresql.insert),
}


@dataclass(frozen=True)
class Admitting:
    """A request to call a dependency."""

    name: str
    now: datetime
    policy: BreakerPolicy
    live: bool


@dataclass(frozen=True)
class Failing:
    """A failure that speaks against a dependency."""

    name: str
    now: datetime
    policy: BreakerPolicy
    failure_class: FailureClass
    cause: str
    park: bool
    retry_after: float | None


def admit_many(transaction: Transaction, requests: Sequence[Admitting]) -> Sequence[Admission | PipelineError]:
    """Let calls through, or not. A pause that is over lets one call through, across processes."""
    outcomes: list[Admission] = []
    for request in requests:
        before = _locked(transaction, request.name, request.now)
        admission = admit(before, request.now, request.policy, live=request.live)
        _store(transaction, before, admission.health)
        outcomes.append(admission)
    return outcomes


def note_success(
    transaction: Transaction, requests: Sequence[tuple[str, datetime]]
) -> Sequence[Health | PipelineError]:
    """Answers, each as (name, time)."""
    return [_change(transaction, name, now, lambda health, now=now: succeeded(health, now)) for name, now in requests]


def note_failure(transaction: Transaction, requests: Sequence[Failing]) -> Sequence[Health | PipelineError]:
    """Failures that speak against dependencies."""

    def change(request: Failing) -> Callable[[Health], Health]:
        return lambda health: failed(
            health,
            request.now,
            request.policy,
            request.failure_class,
            request.cause,
            park=request.park,
            retry_after=request.retry_after,
        )

    return [_change(transaction, request.name, request.now, change(request)) for request in requests]


def pause(
    transaction: Transaction, requests: Sequence[tuple[str, datetime, str, str]]
) -> Sequence[Health | PipelineError]:
    """Stops by people, each as (name, time, who, why)."""
    return [
        _change(
            transaction,
            name,
            now,
            lambda health, now=now, who=who, why=why: replace(
                health, state=HealthState.PAUSED, since=now, updated_at=now, who=who, cause=why, next_attempt_at=None
            ),
        )
        for name, now, who, why in requests
    ]


def resume(transaction: Transaction, requests: Sequence[tuple[str, datetime]]) -> Sequence[Health | PipelineError]:
    """Ends of pauses by people, each as (name, time). The next call is let through."""
    return [
        _change(transaction, name, now, lambda health, now=now: healthy(health.name, now)) for name, now in requests
    ]


def one(name: str) -> Select[Any]:
    """A dependency's row."""
    return select(DEPENDENCY_HEALTH).where(_H.name == name)


def health_from(row: Row[Any]) -> Health:
    """A row of ``dependency_health``."""
    return Health(
        name=row.name,
        state=HealthState(row.state),
        since=row.since,
        updated_at=row.updated_at,
        failures=row.failures,
        failure_class=FailureClass(row.failure_class) if row.failure_class else None,
        cause=row.cause,
        next_attempt_at=row.next_attempt_at,
        who=row.who,
        opened=row.opened,
        admitted=row.admitted,
    )


def _change(transaction: Transaction, name: str, now: datetime, change: Callable[[Health], Health]) -> Health:
    before = _locked(transaction, name, now)
    after = change(before)
    _store(transaction, before, after)
    return after


def _locked(transaction: Transaction, name: str, now: datetime) -> Health:
    rows = transaction.rows(_LOCKED, b_name=name)
    if not rows:
        _, add = _BY_DIALECT[transaction.connection.dialect.name]
        transaction.many(add, [_values(healthy(name, now))])
        rows = transaction.rows(_LOCKED, b_name=name)
    return health_from(rows[0])


def _store(transaction: Transaction, before: Health, after: Health) -> None:
    if after != before:
        if after.state is not before.state:
            note_change(transaction, after.name, after.state.value, after.updated_at, after.failure_class, after.cause)
        store, _ = _BY_DIALECT[transaction.connection.dialect.name]
        transaction.many(store, [_values(after)])


def _values(health: Health) -> dict[str, Any]:
    return {
        **vars(health),
        "state": health.state.value,
        "failure_class": health.failure_class.value if health.failure_class else None,
    }
