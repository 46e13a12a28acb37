"""Recorded decisions to write.

What belongs here: reading and storing rows of ``intents`` and ``attempts``. What does not: planning, sending and
settling them (see ``planning``, ``claims`` and ``settling``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, exists, func, insert, or_, select, update

from artifact_assets.domain.records import Intent
from artifact_assets.domain.states import IntentState
from resources.database.transaction import Transaction
from resources.ledger.rows import Values, intent_from
from resources.ledger.tables import ATTEMPTS, INTENTS

_I = INTENTS.c
_LOCKED = (
    select(INTENTS)
    .where(_I.intent_key.in_(bindparam("keys", expanding=True)))
    # In one order everywhere, so that two processes do not wait for each other.
    .order_by(_I.intent_key)
    .with_for_update()
)
_OF_RECORDS = (
    select(INTENTS)
    .where(_I.record_key.in_(bindparam("keys", expanding=True)))
    .order_by(_I.intent_key)
    .with_for_update()
)
_STATES_OF_RECORDS = _OF_RECORDS.with_only_columns(_I.record_key, _I.state, _I.next_attempt_at)
_CONFIRMED_OF_RECORDS = _OF_RECORDS.where(_I.state == IntentState.CONFIRMED.value)
_OF_MEETINGS = select(INTENTS).where(_I.meeting_id.in_(bindparam("ids", expanding=True))).order_by(_I.id)
_ADD = insert(INTENTS)
_CHANGED = (
    "state",
    "failure_class",
    "cause",
    "attempts",
    "updated_at",
    "next_attempt_at",
    "lease_owner",
    "lease_until",
    "receipt",
)
_CHANGE = (
    update(INTENTS)
    .where(_I.intent_key == bindparam("b_intent_key"))
    .values({name: bindparam(f"b_{name}") for name in _CHANGED})
)

IN_FLIGHT: frozenset[IntentState] = frozenset({IntentState.SENDING, IntentState.UNCERTAIN})
"""A write that may have reached its destination and is not known to have: nothing else may be sent for its record."""


def lock_intents(transaction: Transaction, keys: Iterable[str]) -> dict[str, Intent]:
    """The rows under these intent keys, held until the transaction ends."""
    return {row.intent_key: intent_from(row) for row in transaction.rows(_LOCKED, keys=sorted(set(keys)))}


def lock_records(transaction: Transaction, record_keys: Iterable[str], *, confirmed: bool = False) -> list[Intent]:
    """Every row of these record keys, or those confirmed, held until the transaction ends."""
    statement = _CONFIRMED_OF_RECORDS if confirmed else _OF_RECORDS
    return [intent_from(row) for row in transaction.rows(statement, keys=sorted(set(record_keys)))]


@dataclass(frozen=True)
class Standing:
    """What one row means for the other writes of its record. A confirmed one with a time may still land late until then."""

    record_key: str
    state: IntentState
    quiet_until: datetime | None

    def is_in_flight(self, now: datetime) -> bool:
        """Whether nothing else may be sent for the record."""
        late = self.state is IntentState.CONFIRMED and self.quiet_until is not None and self.quiet_until > now
        return late or self.state in IN_FLIGHT


def lock_standings(transaction: Transaction, record_keys: Iterable[str]) -> list[Standing]:
    """The standing of every row of these record keys, held until the transaction ends."""
    rows = transaction.rows(_STATES_OF_RECORDS, keys=sorted(set(record_keys)))
    return [Standing(row.record_key, IntentState(row.state), row.next_attempt_at) for row in rows]


def add_intents(transaction: Transaction, rows: Sequence[Values]) -> None:
    """Store new rows."""
    transaction.many(_ADD, rows)


def change_intents(transaction: Transaction, intents: Sequence[Intent]) -> None:
    """Store what may change about known rows: state, failure, attempts, lease and receipt."""
    rows: list[Values] = []
    for intent in intents:
        row = {f"b_{name}": getattr(intent, name) for name in _CHANGED}
        row["b_state"] = intent.state.value
        row["b_failure_class"] = intent.failure_class.value if intent.failure_class else None
        rows.append({"b_intent_key": intent.intent_key, **row})
    transaction.many(_CHANGE, rows)


def intents_by_meeting(transaction: Transaction, ids: Sequence[str]) -> dict[str, list[Intent]]:
    """Intents of each meeting in the order planned."""
    found: dict[str, list[Intent]] = {meeting_id: [] for meeting_id in ids}
    for row in transaction.rows(_OF_MEETINGS, ids=ids):
        found[row.meeting_id].append(intent_from(row))
    return found


def selected(meeting_id: str | None = None, state: IntentState | None = None) -> Select[Any]:
    """Intents in the order planned."""
    statement = select(INTENTS).order_by(_I.id)
    if meeting_id is not None:
        statement = statement.where(_I.meeting_id == meeting_id)
    return statement if state is None else statement.where(_I.state == state.value)


def of_meetings(ids: Sequence[str]) -> Select[Any]:
    """Intents of these meetings in the order planned."""
    return select(INTENTS).where(_I.meeting_id.in_(ids)).order_by(_I.id)


def under(prefix: str) -> Select[Any]:
    """Intents whose record key or intent key begins with these hex digits, in the order planned."""
    # As a range, which an index serves whatever the database's collation; "g" comes after every hex digit.
    among = (_I.record_key.between(prefix, f"{prefix}g"), _I.intent_key.between(prefix, f"{prefix}g"))
    return select(INTENTS).where(or_(*among)).order_by(_I.id)


def at(destination: str, record_id: str) -> Select[Any]:
    """Intents with a receipt for one record of a destination, in the order planned. Reads every write of the destination."""
    named = _I.receipt["record_id"].as_string() == record_id
    return select(INTENTS).where(_I.destination == destination, named).order_by(_I.id)


def abandoned(now: datetime, gone: Iterable[str]) -> Select[Any]:
    """Intents being sent by nobody any more, held until the transaction ends; ``gone`` are owners known to be dead."""
    return (
        select(INTENTS)
        .where(
            _I.state == IntentState.SENDING.value,
            or_(_I.lease_owner.in_(sorted(gone)), _I.lease_until.is_(None), _I.lease_until <= now),
        )
        .order_by(_I.intent_key)
        .with_for_update()
    )


def due(now: datetime, limit: int) -> Select[Any]:
    """Intents that can move now, oldest first.

    Of one record at most one: planning leaves at most one unsent, and it waits for what is in flight. A parked one
    without a time waits for a person.
    """
    other, needed = INTENTS.alias("other"), INTENTS.alias("needed")
    timely = or_(_I.next_attempt_at <= now, and_(_I.next_attempt_at.is_(None), _I.state != IntentState.PARKED.value))
    free = or_(_I.lease_owner.is_(None), _I.lease_until <= now)
    in_flight = exists().where(
        other.c.record_key == _I.record_key,
        other.c.id != _I.id,
        or_(
            other.c.state.in_([state.value for state in IN_FLIGHT]),
            and_(other.c.state == IntentState.CONFIRMED.value, other.c.next_attempt_at > now),
        ),
    )
    ready = or_(
        _I.after.is_(None),
        exists().where(needed.c.record_key == _I.after, needed.c.state == IntentState.CONFIRMED.value),
    )
    sendable = _I.state.in_([IntentState.PLANNED.value, IntentState.RETRY_SCHEDULED.value, IntentState.PARKED.value])
    return (
        select(INTENTS)
        .where(timely, free, or_(_I.state == IntentState.UNCERTAIN.value, and_(sendable, ready, ~in_flight)))
        .order_by(func.coalesce(_I.next_attempt_at, _I.created_at), _I.id)
        .limit(limit)
    )


def attempts_of(intent_key: str) -> Select[Any]:
    """Tries of one intent, oldest first."""
    return select(ATTEMPTS).where(ATTEMPTS.c.intent_key == intent_key).order_by(ATTEMPTS.c.id)
