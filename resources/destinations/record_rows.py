"""Records of the embedded store: finding, creating and changing their rows.

What belongs here: statements over records and their fields. What does not: deciding which writes are allowed (see
``record_operations``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Json
from resources.database.transaction import Transaction
from resources.destinations.record_tables import FIELDS, RECORDS

OBJECTS = ("contact", "company", "deal", "candidate", "task", "note")

_R = RECORDS.c
_BY_ID = select(RECORDS).where(_R.object == bindparam("object"), _R.record_id == bindparam("name")).with_for_update()
_BY_KEY = select(RECORDS).where(_R.object == bindparam("object"), _R.key == bindparam("name")).with_for_update()
_BY_UPSERT_KEY = select(RECORDS).where(_R.upsert_key == bindparam("name")).with_for_update()
_ADD = insert(RECORDS)
_MOVE = (
    update(RECORDS)
    .where(_R.id == bindparam("b_id"))
    .values(
        parent_object=bindparam("b_parent_object"), parent_id=bindparam("b_parent_id"), updated_at=bindparam("b_at")
    )
)
THE_PIPELINE = "the pipeline"
_REMOVE = (
    update(RECORDS).where(_R.id == bindparam("b_id")).values(deleted_at=bindparam("b_at"), deleted_by=THE_PIPELINE)
)
_REVIVE = update(RECORDS).where(_R.id == bindparam("b_id")).values(deleted_at=None, deleted_by=None)
_FIELDS_OF = select(FIELDS).where(FIELDS.c.record == bindparam("record"))
_ADD_FIELD = insert(FIELDS)
_SET_FIELD = (
    update(FIELDS)
    .where(FIELDS.c.id == bindparam("b_id"))
    .values({n: bindparam(f"b_{n}") for n in ("value", "changed_at", "changed_by", "written", "as_of")})
)


@dataclass(frozen=True)
class Target:
    """The record a write lands on, by the store's id or by a key of ours."""

    object: str
    name: str
    by_key: bool

    @property
    def record_id(self) -> str:
        """The id it has, or gets when it is created."""
        return hashlib.sha256(self.name.encode("utf-8", "surrogatepass")).hexdigest()[:12] if self.by_key else self.name


def target_of(target: Json) -> Target:
    """Read ``Intent.target``. Raises PipelineError(destination_rejected) for anything the store does not have."""
    kind, identity, key = target.get("object"), target.get("id"), target.get("key")
    if kind not in OBJECTS or (identity is None) == (key is None):
        raise PipelineError(
            FailureClass.DESTINATION_REJECTED,
            f"The record store has no object {kind!r}, or the target names not exactly one of id and key, so nothing "
            "was written.",
            f"Map the item to one of {', '.join(OBJECTS)}.",
        )
    return Target(kind, str(key if identity is None else identity), by_key=identity is None)


def find(transaction: Transaction, target: Target) -> Any:
    """The row of a record, or None."""
    return transaction.connection.execute(
        _BY_KEY if target.by_key else _BY_ID, {"object": target.object, "name": target.name}
    ).first()


def find_written(transaction: Transaction, record_key: str) -> Any:
    """The row that a write with this record key made, or None."""
    return transaction.connection.execute(_BY_UPSERT_KEY, {"name": record_key}).first()


def found_or_created(transaction: Transaction, target: Target, now: datetime) -> Any:
    """The row of a record, created when it is missing."""
    row = find(transaction, target)
    if row is None:
        key = target.name if target.by_key else None
        add(transaction, object=target.object, record_id=target.record_id, key=key, now=now)
        row = find(transaction, target)
    return row


def add(
    transaction: Transaction,
    *,
    object: str,  # noqa: A002 - the store's own word
    record_id: str,
    now: datetime,
    key: str | None = None,
    upsert_key: str | None = None,
    parent: Any = None,
) -> None:
    """Create a record."""
    values = {
        "object": object,
        "record_id": record_id,
        "key": key,
        "upsert_key": upsert_key,
        "parent_object": parent.object if parent is not None else None,
        "parent_id": parent.record_id if parent is not None else None,
        "created_at": now,
        "updated_at": now,
    }
    transaction.many(_ADD, [values])


def move(transaction: Transaction, record: int, parent: Any, now: datetime) -> None:
    """Put a record under another parent."""
    values = {"b_id": record, "b_parent_object": parent.object, "b_parent_id": parent.record_id, "b_at": now}
    transaction.many(_MOVE, [values])


def remove(transaction: Transaction, record: int, now: datetime) -> None:
    """Delete a record that the pipeline made."""
    transaction.many(_REMOVE, [{"b_id": record, "b_at": now}])


def revive(transaction: Transaction, record: int) -> None:
    """Bring back a record that the pipeline itself had taken back, and now wants again."""
    transaction.many(_REVIVE, [{"b_id": record}])


def fields_of(transaction: Transaction, record: int) -> dict[str, Any]:
    """The field rows of a record by name."""
    return {row.field: row for row in transaction.rows(_FIELDS_OF, record=record)}


def write_fields(
    transaction: Transaction,
    record: int,
    known: Mapping[str, Any],
    values: Mapping[str, str | None],
    *,
    now: datetime,
    by: str | None = None,
    as_of: datetime | None = None,
) -> None:
    """Set fields; ``by`` is the person who does, None for the pipeline."""
    added: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for name, value in values.items():
        before = known.get(name)
        row = {"value": value, "changed_at": now, "changed_by": by}
        if by is None:
            row.update(written=value, as_of=as_of)
        else:
            row.update(written=before.written if before else None, as_of=before.as_of if before else None)
        if before is None:
            added.append({"record": record, "field": name, **row})
        else:
            changed.append({"b_id": before.id, **{f"b_{key}": each for key, each in row.items()}})
    transaction.many(_ADD_FIELD, added)
    transaction.many(_SET_FIELD, changed)
