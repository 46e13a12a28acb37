"""Which transcripts may not come back.

What belongs here: asking and adding. What does not: erasing (see ``erasures``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from resources.database.transaction import Transaction
from resources.ledger.erasure_tables import ERASED_TRANSCRIPTS

_AMONG = select(ERASED_TRANSCRIPTS.c.digest).where(
    ERASED_TRANSCRIPTS.c.digest.in_(bindparam("digests", expanding=True))
)
_ADD: dict[str, Any] = {
    "sqlite": sqlite.insert(ERASED_TRANSCRIPTS).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(ERASED_TRANSCRIPTS).on_conflict_do_nothing(),
}


def erased_among(transaction: Transaction, digests: Iterable[str]) -> frozenset[str]:
    """Those of ``digests`` that were erased."""
    return frozenset(row.digest for row in transaction.rows(_AMONG, digests=sorted(set(digests))))


def add_erased(transaction: Transaction, digests: Iterable[str], meeting_id: str) -> None:
    """Refuse these transcripts from now on."""
    rows = [{"digest": digest, "meeting_id": meeting_id} for digest in sorted(set(digests))]
    transaction.many(_ADD[transaction.connection.dialect.name], rows)
