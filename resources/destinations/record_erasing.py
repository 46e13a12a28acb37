"""Taking a meeting's words out of the embedded record store.

What belongs here: what becomes of rows that writes of an erased meeting made. What does not: vendors, who erase by themselves.
A task or note goes with all its fields, edited or not, and stays as an empty row, so that nothing makes it again; a field
goes unless a person gave it another value since.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select, update

from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.records import Intent
from resources.database.transaction import Transaction
from resources.destinations.record_tables import FIELDS, RECORDS, TAGS, WRITES

ERASED = "erasure"


def erase(transaction: Transaction, requests: Sequence[tuple[Intent, ...]]) -> Sequence[int | PipelineError]:
    """Take out what these writes made; how many records and fields that were. May be repeated."""
    return [sum(_erase(transaction, intent) for intent in intents) for intents in requests]


def _erase(transaction: Transaction, intent: Intent) -> int:
    connection = transaction.connection
    made = connection.execute(select(RECORDS.c.id).where(RECORDS.c.upsert_key == intent.record_key)).scalar()
    if made is not None:
        for table in (FIELDS, TAGS):
            connection.execute(delete(table).where(table.c.record == made))
        values = {"deleted_at": transaction.clock(), "deleted_by": ERASED, "key": None}
        connection.execute(update(RECORDS).where(RECORDS.c.id == made).values(values))
    ours = WRITES.c.record_key == intent.record_key
    written = connection.execute(select(WRITES).where(ours)).first()
    if written is None:
        return int(made is not None)
    connection.execute(update(WRITES).where(ours).values(previous=None))
    target = select(RECORDS.c.id).where(RECORDS.c.object == written.object, RECORDS.c.record_id == written.record_id)
    fields = connection.execute(
        delete(FIELDS).where(
            FIELDS.c.record.in_(target),
            FIELDS.c.field == str(intent.payload.get("field")),
            FIELDS.c.written == str(intent.payload.get("value")),
            FIELDS.c.changed_by.is_(None),
        )
    ).rowcount
    return int(made is not None) + fields
