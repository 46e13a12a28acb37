"""Meetings: receiving, holding under a lease, and moving from state to state.

What belongs here: statements over ``meetings`` and ``transitions``. What does not: which state follows which stage (see
``stages``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, insert, or_, select, update

from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.records import Meeting
from artifact_assets.domain.states import MEETING_STATES, MeetingState
from resources.database.transaction import Transaction
from resources.ledger.rows import Values, meeting_from
from resources.ledger.tables import MEETINGS, TRANSITIONS

_M = MEETINGS.c
_LOCKED = (
    select(MEETINGS)
    .where(_M.meeting_id.in_(bindparam("ids", expanding=True)))
    # In one order everywhere, so that two processes do not wait for each other.
    .order_by(_M.meeting_id)
    .with_for_update()
)
_ADD = insert(MEETINGS)
_ADD_TRANSITION = insert(TRANSITIONS)
_CHANGED = (
    "state",
    "updated_at",
    "failure_class",
    "cause",
    "next_attempt_at",
    "run_id",
    "items",
    "quarantined",
    "delivered",
    "kind",
    "deaths",
)
_CHANGE = (
    update(MEETINGS)
    .where(_M.meeting_id == bindparam("b_meeting_id"))
    .values({name: bindparam(f"b_{name}") for name in _CHANGED})
)


def lock_meetings(transaction: Transaction, ids: Iterable[str]) -> dict[str, Meeting]:
    """The rows of these meetings, held until the transaction ends."""
    rows = transaction.rows(_LOCKED, ids=sorted(set(ids)))
    return {row.meeting_id: meeting_from(row) for row in rows}


def add_meetings(transaction: Transaction, meetings: Sequence[Meeting]) -> None:
    """Store meetings seen for the first time."""
    transaction.many(_ADD, [_stored(meeting) for meeting in meetings])


def change_meetings(transaction: Transaction, meetings: Sequence[Meeting]) -> None:
    """Store what a stage changed about known meetings: state, failure, counts, kind and run."""
    rows = [_stored(meeting) for meeting in meetings]
    transaction.many(
        _CHANGE,
        [{"b_meeting_id": row["meeting_id"], **{f"b_{name}": row[name] for name in _CHANGED}} for row in rows],
    )


def add_transitions(transaction: Transaction, changes: Sequence[tuple[MeetingState | None, Meeting]]) -> None:
    """Record from which state each meeting came to the one it is in."""
    transaction.many(
        _ADD_TRANSITION,
        [
            {
                "meeting_id": after.meeting_id,
                "before": before.value if before else None,
                "after": after.state.value,
                "at": after.updated_at,
                "run_id": after.run_id,
                "attempt": after.attempts,
                "cause": after.cause,
                "failure_class": after.failure_class.value if after.failure_class else None,
            }
            for before, after in changes
        ],
    )


def selected(
    state: MeetingState | None = None, failure_class: FailureClass | None = None, ids: Iterable[str] | None = None
) -> Select[Any]:
    """Meetings in the order they were first received."""
    statement = select(MEETINGS).order_by(_M.id)
    if state is not None:
        statement = statement.where(_M.state == state.value)
    if failure_class is not None:
        statement = statement.where(_M.failure_class == failure_class.value)
    if ids is not None:
        statement = statement.where(_M.meeting_id.in_(list(ids)))
    return statement


def waiting(now: datetime, since: datetime, *, live: bool, most: int, offset: int) -> Select[Any]:
    """Unfinished meetings, held or not: put off and due, or left as they were since ``since``."""
    unfinished = [state.value for state, rule in MEETING_STATES.items() if not rule.terminal]
    deferred = _M.state == MeetingState.DEFERRED.value
    due = or_(_M.next_attempt_at.is_(None), _M.next_attempt_at <= now)
    return (
        select(MEETINGS)
        .where(
            _M.state.in_(unfinished),
            _M.backfill.is_(None) if live else _M.backfill.is_not(None),
            or_(
                and_(deferred, due),
                and_(~deferred, or_(_M.updated_at < since, _M.updated_at > now + (now - since))),
            ),
        )
        .order_by(_M.id)
        .limit(most)
        .offset(offset)
    )


def due_again(now: datetime, limit: int) -> Select[Any]:
    """Meetings that ended with a next attempt: the rules stood in for a model that was down."""
    ended = [state.value for state, rule in MEETING_STATES.items() if rule.terminal]
    return (
        select(MEETINGS)
        .where(_M.next_attempt_at <= now, _M.state.in_(ended))
        .order_by(_M.next_attempt_at, _M.id)
        .limit(limit)
    )


def transitions_of(meeting_id: str) -> Select[Any]:
    """A meeting's history, oldest first."""
    return select(TRANSITIONS).where(TRANSITIONS.c.meeting_id == meeting_id).order_by(TRANSITIONS.c.id)


def _stored(meeting: Meeting) -> Values:
    values: Values = {**vars(meeting), **vars(meeting.counts)}
    del values["counts"]
    values["state"] = meeting.state.value
    values["failure_class"] = meeting.failure_class.value if meeting.failure_class else None
    return values
