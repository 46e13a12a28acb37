"""Which meetings are due for retention, and what still needs them.

What belongs here: reading. What does not: removing (see ``retentions``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Row, Select, and_, bindparam, exists, func, or_, select

from artifact_assets.domain.artifact import ItemState
from artifact_assets.domain.model_batches import Queued
from artifact_assets.domain.records import Meeting
from artifact_assets.domain.replay import TO_APPLY, TO_PREPARE
from artifact_assets.domain.retention import Need, Part, Removal, RetentionPolicy
from artifact_assets.domain.states import MEETING_STATES, OPEN_INTENTS, IntentState, MeetingState
from resources.database.transaction import Transaction
from resources.ledger.batch_tables import BATCH_REQUESTS
from resources.ledger.erasure_tables import ERASURES
from resources.ledger.replay_tables import REPLAY_ENTRIES
from resources.ledger.retention_tables import RETENTIONS
from resources.ledger.tables import INTENTS, ITEMS, MEETINGS

_M, _R = MEETINGS.c, RETENTIONS.c
_ID: BindParameter[str] = bindparam("b_id")
_WAITING_STATES = frozenset({MeetingState.AWAITING_REVIEW, MeetingState.QUARANTINED})
_SOURCE_GONE = exists().where(_R.meeting_id == _M.meeting_id, _R.part == Part.SOURCE.value, _R.finished_at.is_not(None))
_DONE = (
    select(func.count())
    .where(_R.meeting_id == _M.meeting_id, _R.finished_at.is_not(None))
    .correlate(MEETINGS)
    .scalar_subquery()
)


def _any(table: Any, column: Any, states: Any) -> Select[Any]:
    return select(column).where(table.c.meeting_id == _ID, column.in_([state.value for state in states])).limit(1)


_NEEDS: tuple[tuple[Need, Select[Any], bool], ...] = (
    (Need.WRITES, _any(INTENTS, INTENTS.c.state, OPEN_INTENTS), False),
    (Need.REVIEW, _any(INTENTS, INTENTS.c.state, {IntentState.AWAITING_REVIEW}), True),
    (Need.REVIEW, _any(ITEMS, ITEMS.c.state, {ItemState.QUARANTINED, ItemState.SUGGESTED}), True),
    (Need.REPLAY, _any(REPLAY_ENTRIES, REPLAY_ENTRIES.c.state, TO_PREPARE | TO_APPLY), False),
    (Need.BATCH, _any(BATCH_REQUESTS, BATCH_REQUESTS.c.state, {Queued.WAITING, Queued.SENT}), False),
    (Need.ERASURE, select(ERASURES.c.meeting_id).where(ERASURES.c.meeting_id == _ID), False),
)
"""What would be found when something needs the meeting; the last tells whether it is a person's review."""


def needs_of(transaction: Transaction, meeting: Meeting, now: datetime, *, reviews: bool) -> tuple[Need, ...]:
    """Why the meeting has to be kept, each reason once; ``reviews`` whether what waits for a person counts."""
    found: list[Need] = []
    until = meeting.lease_until
    if meeting.lease_owner is not None and until is not None and until > transaction.lease_now(now):
        found.append(Need.UNDER_WAY)
    if not MEETING_STATES[meeting.state].terminal or meeting.next_attempt_at is not None:
        found.append(Need.UNFINISHED)
    if reviews and meeting.state in _WAITING_STATES:
        found.append(Need.REVIEW)
    for need, statement, of_person in _NEEDS:
        if (reviews or not of_person) and transaction.rows(statement, b_id=meeting.meeting_id):
            found.append(need)
    return tuple(dict.fromkeys(found))


def candidates(policy: RetentionPolicy, now: datetime, after: int, most: int) -> Select[Any]:
    """Meetings old enough for the shortest period of their kind, of which not everything went, or whose file came back."""
    named = [kind.casefold() for kind in policy.kinds]
    kind = func.lower(func.coalesce(_M.kind, ""))
    old: list[ColumnElement[bool]] = []
    for name in (None, *named):
        ages = policy.of(name).ages()
        if ages:
            of_kind = kind.not_in(named) if name is None else kind == name
            old.append(and_(of_kind, _M.received_at <= now - min(ages.values()), len(ages) > _DONE))
    returned = and_(_M.source != "", _SOURCE_GONE)
    return (
        select(MEETINGS, _M.id.label("row_id"))
        .where(_M.state != MeetingState.ERASED.value, _M.id > after, or_(*old, returned))
        .order_by(_M.id)
        .limit(most)
    )


def parts_gone(meeting_ids: Sequence[str]) -> Select[Any]:
    """Which parts of these went already."""
    return select(RETENTIONS).where(_R.meeting_id.in_(meeting_ids), _R.finished_at.is_not(None))


def unfinished() -> Select[Any]:
    """Removals that were begun, oldest first, each with its meeting's kind."""
    joined = select(RETENTIONS, _M.kind).join_from(RETENTIONS, MEETINGS, _M.meeting_id == _R.meeting_id)
    return joined.where(_R.finished_at.is_(None)).order_by(_R.begun_at, _R.meeting_id)


def removal_from(row: Row[Any]) -> Removal:
    """A row of ``unfinished``."""
    lists = (tuple(row.documents), tuple(row.sources))
    return Removal(row.meeting_id, Part(row.part), row.kind, row.begun_at, *lists, row.finished_at)
