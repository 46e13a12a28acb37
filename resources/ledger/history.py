"""What happened to dependencies over time, and what people did to our records.

What belongs here: statements that add to ``dependency_changes`` and ``repairs``. What does not: the present state (see
``health`` and ``destinations``) and reading in bulk (see ``columns``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.dialects import postgresql, sqlite

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Repair
from resources.database.transaction import Transaction
from resources.ledger.history_tables import DEPENDENCY_CHANGES, REPAIRS

_ADD = insert(DEPENDENCY_CHANGES)
_REPAIRED: Mapping[str, Any] = {
    "sqlite": sqlite.insert(REPAIRS).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(REPAIRS).on_conflict_do_nothing(),
}


def note_change(
    transaction: Transaction, name: str, state: str, at: datetime, why: FailureClass | None, cause: str | None
) -> None:
    """A dependency is in another state from ``at`` on."""
    told = why.value if why is not None else None
    transaction.many(_ADD, [{"name": name, "state": state, "at": at, "failure_class": told, "cause": cause}])


def note_repairs(transaction: Transaction, requests: Sequence[Sequence[Repair]]) -> Sequence[PipelineError | None]:
    """Remember repairs; the first time one is noticed counts."""
    rows = [dict(vars(repair)) for request in requests for repair in request]
    transaction.many(_REPAIRED[transaction.connection.dialect.name], rows)
    return [None] * len(requests)
