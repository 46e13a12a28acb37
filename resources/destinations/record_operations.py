"""What the embedded record store does with a write.

What belongs here: upsert by record key, and refusing to overwrite what a person or a later meeting put there. What does not:
connections (see ``record_store``). Refusals come before the first statement that changes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select

from artifact_assets.domain.destination import Receipt
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Intent, Json
from resources.database.transaction import Transaction
from resources.destinations import record_rows as rows
from resources.destinations.record_tables import TAGS, WRITES

_WRITE = select(WRITES).where(WRITES.c.record_key == bindparam("key"))
_FORGET_WRITE = delete(WRITES).where(WRITES.c.record_key == bindparam("b_key"))
_ADD_WRITE = insert(WRITES)
_TAG = select(TAGS.c.id).where(TAGS.c.record == bindparam("record"), TAGS.c.tag == bindparam("tag"))
_ADD_TAG = insert(TAGS)
_REMOVE_TAG = delete(TAGS).where(TAGS.c.id == bindparam("b_id"))

# Told with a write, and not content of the record.
_NOT_FIELDS = frozenset({"as_of"})


def send(transaction: Transaction, intents: Sequence[Intent]) -> Sequence[Receipt | PipelineError]:
    """Apply writes. The same write again gives its first receipt; the same record key with other content updates."""
    return [_send(transaction, intent) for intent in intents]


def look_up(transaction: Transaction, intents: Sequence[Intent]) -> Sequence[Receipt | PipelineError | None]:
    """The receipts of writes that were applied with this very target and payload."""
    return [_known(transaction, intent) for intent in intents]


def url_of(kind: str, record_id: str) -> str:
    """Where a person finds a record: what to type after ``records``."""
    return f"records:{kind}/{record_id}"


def _send(transaction: Transaction, intent: Intent) -> Receipt | PipelineError:
    known = _known(transaction, intent)
    if known is not None:
        return known
    operation = OPERATIONS.get(intent.operation)
    if operation is None:
        return _error(FailureClass.DESTINATION_REJECTED, intent, f"the record store has no {intent.operation!r}")
    try:
        receipt, row = operation(transaction, intent, rows.target_of(intent.target))
    except PipelineError as refusal:
        return refusal
    transaction.many(_FORGET_WRITE, [{"b_key": intent.record_key}])
    values = {
        "record_key": intent.record_key,
        "intent_key": intent.intent_key,
        "object": row.object,
        "record_id": row.record_id,
        "applied": receipt.applied,
        "previous": receipt.previous,
        "at": transaction.clock(),
    }
    transaction.many(_ADD_WRITE, [values])
    return receipt


def _known(transaction: Transaction, intent: Intent) -> Receipt | None:
    row = transaction.connection.execute(_WRITE, {"key": intent.record_key}).first()
    if row is None or row.intent_key != intent.intent_key:
        return None
    return Receipt(row.record_id, url_of(row.object, row.record_id), applied=row.applied, previous=row.previous)


def _create(kind: str) -> Callable[[Transaction, Intent, rows.Target], tuple[Receipt, Any]]:
    def create(transaction: Transaction, intent: Intent, target: rows.Target) -> tuple[Receipt, Any]:
        """Make a task or note under the target, or bring the one made before up to date."""
        now, values = transaction.clock(), values_of(intent.payload)
        made = rows.find_written(transaction, intent.record_key)
        parent = _parent(transaction, intent, target, made)
        if made is None:
            record_id = intent.record_key[:12]
            rows.add(
                transaction,
                object=kind,
                record_id=record_id,
                upsert_key=intent.record_key,
                parent=parent,
                now=now,
            )
            made = rows.find_written(transaction, intent.record_key)
            known: Mapping[str, Any] = {}
        else:
            known = rows.fields_of(transaction, made.id)
            values = _unless_edited(intent, values, known)
            if made.deleted_at is not None:
                rows.revive(transaction, made.id)
            if (made.parent_object, made.parent_id) != (parent.object, parent.record_id):
                rows.move(transaction, made.id, parent, now)
        rows.write_fields(transaction, made.id, known, values, now=now)
        return Receipt(made.record_id, url_of(kind, made.record_id)), made

    return create


def _parent(transaction: Transaction, intent: Intent, target: rows.Target, made: Any) -> Any:
    """The target's row; everything that can be refused is refused before it is created."""
    if made is not None:
        if made.deleted_at is not None and made.deleted_by != rows.THE_PIPELINE:
            raise _error(FailureClass.DESTINATION_CONFLICT, intent, "a person deleted the record it made")
        _unless_edited(intent, values_of(intent.payload), rows.fields_of(transaction, made.id))
    return _present(transaction, intent, target)


def _present(transaction: Transaction, intent: Intent, target: rows.Target) -> Any:
    row = rows.found_or_created(transaction, target, transaction.clock())
    if row.deleted_at is not None:
        raise _error(FailureClass.RECORD_NOT_FOUND, intent, f"a person deleted {target.object} {row.record_id!r}")
    return row


def _unless_edited(intent: Intent, values: dict[str, str | None], known: Mapping[str, Any]) -> dict[str, str | None]:
    """The values that change something of ours. A person's edit stays; one that we would overwrite is a conflict."""
    wanted: dict[str, str | None] = {}
    for name, value in values.items():
        before = known.get(name)
        if before is not None and before.changed_by is not None and value not in (before.written, before.value):
            raise _error(FailureClass.DESTINATION_CONFLICT, intent, f"a person changed its {name}")
        if before is None or (before.changed_by is None and before.value != value):
            wanted[name] = value
    return wanted


def _set_field(transaction: Transaction, intent: Intent, target: rows.Target) -> tuple[Receipt, Any]:
    """Set one field, unless a person changed it since the meeting or a later meeting set it."""
    name, value = _told(intent, "field"), _text(intent.payload.get("value"))
    as_of = _time(intent.payload.get("as_of"))
    row = _present(transaction, intent, target)
    before = rows.fields_of(transaction, row.id).get(name)
    url = url_of(row.object, row.record_id)
    if before is not None and before.value == value:
        return Receipt(row.record_id, url, applied=False, previous=before.value), row
    if before is not None and before.changed_by is not None and (as_of is None or before.changed_at > as_of):
        raise _error(
            FailureClass.DESTINATION_CONFLICT, intent, f"a person changed {row.object}.{name} since the meeting"
        )
    later = before is not None and before.changed_by is None and _is_later(before.as_of, as_of)
    if later:
        raise _error(FailureClass.DESTINATION_CONFLICT, intent, f"a later meeting already set {row.object}.{name}")
    known = {} if before is None else {name: before}
    rows.write_fields(transaction, row.id, known, {name: value}, now=transaction.clock(), as_of=as_of)
    return Receipt(row.record_id, url, previous=before.value if before is not None else None), row


def _is_later(there: datetime | None, ours: datetime | None) -> bool:
    return there is not None and ours is not None and there > ours


def _add_tag(transaction: Transaction, intent: Intent, target: rows.Target) -> tuple[Receipt, Any]:
    """Add to the record's set of tags."""
    tag = _told(intent, "tag")
    row = _present(transaction, intent, target)
    there = transaction.rows(_TAG, record=row.id, tag=tag)
    if not there:
        transaction.many(_ADD_TAG, [{"record": row.id, "tag": tag, "added_at": transaction.clock()}])
    return Receipt(row.record_id, url_of(row.object, row.record_id), applied=not there), row


def _take_back_record(transaction: Transaction, intent: Intent, target: rows.Target) -> tuple[Receipt, Any]:
    """Delete a task or note of ours that nobody touched; any other is left."""
    del target
    row = rows.find_written(transaction, str(intent.payload["record_key"]))
    if row is None:
        raise _error(FailureClass.RECORD_NOT_FOUND, intent, "the record to take back was never made")
    edited = any(field.changed_by is not None for field in rows.fields_of(transaction, row.id).values())
    ours = row.deleted_at is None and not edited
    if ours:
        rows.remove(transaction, row.id, transaction.clock())
        _written_again(transaction, intent)
    return Receipt(row.record_id, url_of(row.object, row.record_id), applied=ours), row


def _take_back_field(transaction: Transaction, intent: Intent, target: rows.Target) -> tuple[Receipt, Any]:
    """Put back the value that was overwritten, if ours still stands."""
    row, name = _present(transaction, intent, target), str(intent.payload["field"])
    known = rows.fields_of(transaction, row.id)
    before = known.get(name)
    ours = before is not None and before.changed_by is None and before.value == _text(intent.payload["value"])
    if ours:
        previous = {name: _text(intent.payload.get("previous"))}
        rows.write_fields(transaction, row.id, known, previous, now=transaction.clock())
        _written_again(transaction, intent)
    return Receipt(row.record_id, url_of(row.object, row.record_id), applied=ours), row


def _take_back_tag(transaction: Transaction, intent: Intent, target: rows.Target) -> tuple[Receipt, Any]:
    """Remove a tag that we added."""
    row, tag = _present(transaction, intent, target), str(intent.payload["tag"])
    there = transaction.rows(_TAG, record=row.id, tag=tag)
    transaction.many(_REMOVE_TAG, [{"b_id": found.id} for found in there])
    _written_again(transaction, intent)
    return Receipt(row.record_id, url_of(row.object, row.record_id), applied=bool(there)), row


def _written_again(transaction: Transaction, intent: Intent) -> None:
    """Forget the write that was taken back: wanted again, it is another write and not the one already done."""
    transaction.many(_FORGET_WRITE, [{"b_key": str(intent.payload["record_key"])}])


OPERATIONS: Mapping[str, Callable[[Transaction, Intent, rows.Target], tuple[Receipt, Any]]] = {
    "create_task": _create("task"),
    "add_note": _create("note"),
    "set_field": _set_field,
    "add_tag": _add_tag,
    "withdraw_create_task": _take_back_record,
    "withdraw_add_note": _take_back_record,
    "withdraw_set_field": _take_back_field,
    "withdraw_add_tag": _take_back_tag,
}


def values_of(payload: Json) -> dict[str, str | None]:
    """The payload as fields of a task or note."""
    return {name: _text(value) for name, value in payload.items() if name not in _NOT_FIELDS}


def _told(intent: Intent, name: str) -> str:
    value = intent.payload.get(name)
    if not isinstance(value, str) or not value:
        raise _error(FailureClass.DESTINATION_REJECTED, intent, f"its payload names no {name}")
    return value


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _time(value: object) -> datetime | None:
    """A moment with an offset; anything else counts as unknown."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment is not None and moment.tzinfo is not None else None


def _error(failure_class: FailureClass, intent: Intent, problem: str) -> PipelineError:
    return PipelineError(failure_class, f"Item {intent.item_id} of {intent.meeting_id} was not written: {problem}.")
