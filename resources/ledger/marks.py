"""What source files looked like when they were taken.

What belongs here: statements over ``marks``. What does not: comparing them (see ``artifact_assets.domain.inbox``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.dialects import postgresql, sqlite

from artifact_assets.domain.failures import PipelineError
from resources.database.transaction import Transaction
from resources.ledger.tables import MARKS

ALL = select(MARKS.c.source, MARKS.c.mark)


def _upsert(insert: Any) -> Any:
    statement = insert(MARKS)
    return statement.on_conflict_do_update(index_elements=["source"], set_={"mark": statement.excluded.mark})


_UPSERT: dict[str, Any] = {"sqlite": _upsert(sqlite.insert), "postgresql": _upsert(postgresql.insert)}


def mark(transaction: Transaction, requests: Sequence[Mapping[str, str]]) -> Sequence[PipelineError | None]:
    """Remember marks; a known source gets the new one."""
    # PostgreSQL refuses one source twice in a statement; the last one told counts.
    newest = {source: seen for request in requests for source, seen in request.items()}
    rows = [{"source": source, "mark": seen} for source, seen in sorted(newest.items())]
    transaction.many(_UPSERT[transaction.connection.dialect.name], rows)
    return [None] * len(requests)


def pair(row: Row[Any]) -> tuple[str, str]:
    """A row of ``marks``."""
    return row.source, row.mark
