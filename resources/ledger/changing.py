"""Records whose values or tags somebody is writing right now.

What belongs here: keeping processes from changing one record at the same time. What does not: claiming itself (see ``claims``).

Many destinations take tags and multiple choices only as a whole list, and stamp a change on the record and not on the field: of
two that read, merge and write at once, one loses its tag, or takes the other's stamp for a person's.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from sqlalchemy import bindparam, select, text

from artifact_assets.domain.documents import canonical_json
from artifact_assets.domain.records import Intent, is_change
from artifact_assets.domain.states import IntentState
from resources.database.transaction import Transaction
from resources.ledger.tables import INTENTS

_I = INTENTS.c
_SENDING = select(_I.destination, _I.target, _I.operation).where(
    _I.state == IntentState.SENDING.value, _I.destination.in_(bindparam("names", expanding=True))
)
# Two transactions do not see each other's claims; the second waits until the first has committed.
_TAKE = text("SELECT pg_advisory_xact_lock(:family, :record)")
_FAMILY = zlib.crc32(b"meeting-artifacts records") >> 1


def changed_record(intent: Intent) -> bytes | None:
    """The record whose values or tags a write changes; None for one that makes a record."""
    return _named(intent.destination, intent.target) if is_change(intent.operation) else None


def records_being_changed(transaction: Transaction, intents: Iterable[Intent]) -> set[bytes]:
    """Records at the destinations of ``intents`` that are being changed; nobody else begins to until the transaction ends."""
    changing = {record: intent for intent in intents if (record := changed_record(intent)) is not None}
    if not changing:
        return set()
    if transaction.connection.dialect.name == "postgresql":
        for record in sorted(changing):
            transaction.connection.execute(_TAKE, {"family": _FAMILY, "record": zlib.crc32(record) >> 1})
    names = sorted({intent.destination for intent in changing.values()})
    return {
        _named(row.destination, row.target)
        for row in transaction.rows(_SENDING, names=names)
        if is_change(row.operation)
    }


def _named(destination: str, target: object) -> bytes:
    return canonical_json([destination, target])
