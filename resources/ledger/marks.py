"""What source files looked like when they were taken.

What belongs here: statements over ``marks``. What does not: comparing them (see ``artifact_assets.domain.inbox``).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.dialects import postgresql, sqlite

from artifact_assets.domain.failures import PipelineError
from resources.database.transaction import Transaction
from resources.ledger.tables import MARKS

_ALL = select(MARKS.c.source, MARKS.c.mark)
_AT_ONCE = 5000
"""Fewer than the variables that SQLite takes in one statement."""


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


def of(sources: Iterable[str] | None) -> Iterator[Select[Any, Any]]:
    """Statements for the marks of these sources, or of all."""
    if sources is None:
        yield _ALL
        return
    rest = iter(sources)
    while part := list(itertools.islice(rest, _AT_ONCE)):
        yield _ALL.where(MARKS.c.source.in_(part))


def pair(row: Row[Any]) -> tuple[str, str]:
    """A row of ``marks``."""
    return row.source, row.mark
