"""What the embedded record store holds where a write is aimed, without writing.

What belongs here: the diff a dry run shows, and finding what a write made. What does not: deciding writes (see
``record_operations``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from artifact_assets.domain.exchange import Standing, Verdict, Written
from artifact_assets.domain.records import Intent
from resources.destinations import record_rows as rows
from resources.destinations.record_operations import url_of, values_of
from resources.destinations.record_tables import FIELDS, RECORDS, TAGS

_SHOWN = {"create_task": "title", "add_note": "body"}


def written(connection: Connection, intent: Intent) -> tuple[Written, ...]:
    """The record the write made, if it is still there."""
    row = connection.execute(select(RECORDS).where(RECORDS.c.upsert_key == intent.record_key)).first()
    if row is None or row.deleted_at is not None:
        return ()
    known = _fields(connection, row.id)
    edited = any(field.changed_by is not None for field in known.values())
    return (Written(row.record_id, url_of(row.object, row.record_id), same=not edited),)


def standing(connection: Connection, intent: Intent) -> Standing:
    """What is there, and what the write would make of it."""
    if intent.operation in _SHOWN:
        return _made(connection, intent, _SHOWN[intent.operation])
    row = _target(connection, intent)
    if intent.operation == "set_field":
        after = None if intent.payload["value"] is None else str(intent.payload["value"])
        field = _fields(connection, row.id).get(str(intent.payload["field"])) if row is not None else None
        before = field.value if field is not None else None
        return Standing(Verdict.SAME if before == after else Verdict.UPDATE, before, after)
    tag = str(intent.payload.get("tag"))
    wanted = select(TAGS.c.id).where(TAGS.c.record == (row.id if row is not None else -1), TAGS.c.tag == tag)
    there = connection.execute(wanted).first() is not None
    return Standing(Verdict.SAME, tag, tag) if there else Standing(Verdict.CREATE, None, tag)


def _made(connection: Connection, intent: Intent, shown: str) -> Standing:
    after = str(intent.payload.get(shown))
    row = connection.execute(select(RECORDS).where(RECORDS.c.upsert_key == intent.record_key)).first()
    if row is None:
        return Standing(Verdict.CREATE, None, after)
    if row.deleted_at is not None:
        return Standing(Verdict.GONE, None, after)
    known = _fields(connection, row.id)
    before = known[shown].value if shown in known else None
    wanted = {name: value for name, value in values_of(intent.payload).items() if _differs(known.get(name), value)}
    if not wanted:
        return Standing(Verdict.SAME, before, after)
    return Standing(Verdict.CONFLICT if _edited(known, wanted) else Verdict.UPDATE, before, after)


def _differs(field: Any, value: str | None) -> bool:
    """Whether sending would touch the field; a person's edit of what we do not change stays."""
    if field is None:
        return value is not None
    return field.value != value and not (field.changed_by is not None and value == field.written)


def _edited(known: Mapping[str, Any], wanted: Mapping[str, str | None]) -> bool:
    return any(name in known and known[name].changed_by is not None for name in wanted)


def _fields(connection: Connection, record: int) -> Mapping[str, Any]:
    return {row.field: row for row in connection.execute(select(FIELDS).where(FIELDS.c.record == record))}


def _target(connection: Connection, intent: Intent) -> Any:
    target = rows.target_of(intent.target)
    column = RECORDS.c.key if target.by_key else RECORDS.c.record_id
    wanted = select(RECORDS).where(RECORDS.c.object == target.object, column == target.name)
    return connection.execute(wanted).first()
