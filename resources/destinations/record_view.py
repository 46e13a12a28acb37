"""The embedded record store as a person sees and changes it.

What belongs here: reading records, and edits and deletions made by hand. What does not: the pipeline's writes (see
``record_operations``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from artifact_assets.domain.failures import FailureClass, PipelineError
from resources.database.transaction import Transaction
from resources.destinations import record_rows as rows
from resources.destinations.record_tables import FIELDS, RECORDS, TAGS

_DELETE = (
    update(RECORDS)
    .where(RECORDS.c.id == bindparam("b_id"))
    .values(deleted_at=bindparam("b_at"), deleted_by=bindparam("b_by"))
)


@dataclass(frozen=True)
class Record:
    """One record. ``parent`` is "object/id"; ``edited`` names who changed a field by hand, per field."""

    object: str
    id: str
    key: str | None
    parent: str | None
    fields: Mapping[str, str]
    tags: tuple[str, ...]
    edited: Mapping[str, str]
    created_at: datetime


@dataclass(frozen=True)
class Edit:
    """A person's change of one field; ``field`` None deletes the record."""

    object: str
    id: str
    field: str | None
    value: str | None
    by: str


def read_records(connection: Connection, kind: str, record_id: str | None = None) -> tuple[Record, ...]:
    """Records of one object in the order they were created, without deleted ones."""
    wanted = select(RECORDS).where(RECORDS.c.object == kind, RECORDS.c.deleted_at.is_(None)).order_by(RECORDS.c.id)
    if record_id is not None:
        wanted = wanted.where(RECORDS.c.record_id == record_id)
    found = connection.execute(wanted).all()
    of_these = select(wanted.with_only_columns(RECORDS.c.id).order_by(None).subquery())
    fields: dict[int, dict[str, str]] = {}
    edited: dict[int, dict[str, str]] = {}
    tags: dict[int, list[str]] = {}
    for row in connection.execute(select(FIELDS).where(FIELDS.c.record.in_(of_these)).order_by(FIELDS.c.id)):
        if row.value is not None:
            fields.setdefault(row.record, {})[row.field] = row.value
        if row.changed_by is not None:
            edited.setdefault(row.record, {})[row.field] = row.changed_by
    for row in connection.execute(select(TAGS).where(TAGS.c.record.in_(of_these)).order_by(TAGS.c.tag)):
        tags.setdefault(row.record, []).append(row.tag)
    return tuple(
        Record(
            object=row.object,
            id=row.record_id,
            key=row.key,
            parent=f"{row.parent_object}/{row.parent_id}" if row.parent_id is not None else None,
            fields=fields.get(row.id, {}),
            tags=tuple(tags.get(row.id, ())),
            edited=edited.get(row.id, {}),
            created_at=row.created_at,
        )
        for row in found
    )


def edit(transaction: Transaction, requests: Sequence[Edit]) -> Sequence[PipelineError | None]:
    """Apply edits made by hand; a record that is not there is created, as a person would."""
    return [_edit(transaction, request) for request in requests]


def _edit(transaction: Transaction, request: Edit) -> PipelineError | None:
    if request.object not in rows.OBJECTS:
        return PipelineError(
            FailureClass.RECORD_NOT_FOUND,
            f"The record store has no object {request.object!r}, so nothing was changed.",
            f"Use one of {', '.join(rows.OBJECTS)}.",
        )
    now = transaction.clock()
    target = rows.Target(request.object, request.id, by_key=False)
    row = rows.find(transaction, target)
    if row is None and request.field is not None:
        row = rows.found_or_created(transaction, target, now)
    if row is None or row.deleted_at is not None:
        return PipelineError(
            FailureClass.RECORD_NOT_FOUND,
            f"The record store has no {request.object} {request.id!r}, so nothing was changed.",
            "Look for it with `records`.",
        )
    if request.field is None:
        transaction.many(_DELETE, [{"b_id": row.id, "b_at": now, "b_by": request.by}])
    else:
        known = rows.fields_of(transaction, row.id)
        rows.write_fields(transaction, row.id, known, {request.field: request.value}, now=now, by=request.by)
    return None
