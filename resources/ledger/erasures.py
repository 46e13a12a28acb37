"""Erasures: closing a meeting for ever, and recording how far its erasure is.

What belongs here: statements over ``erasures`` and what closing does to writes. What does not: which words go (see
``scrubbing``) and in which order (see ``artifact_assets.stages.erasing``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, union, update

from artifact_assets.domain.erasure import Erasure, ErasureStep, Taken, Tombstone, erased_cause
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.records import Intervention, Meeting
from artifact_assets.domain.states import IntentState, MeetingState
from resources.database.transaction import Transaction
from resources.ledger.erased import add_erased
from resources.ledger.erasure_tables import ERASURES
from resources.ledger.holdings import elsewhere, holdings
from resources.ledger.interventions import intervene
from resources.ledger.meetings import add_transitions, change_meetings, lock_meetings
from resources.ledger.retention_tables import RETENTIONS
from resources.ledger.scrubbing import scrub_meeting
from resources.ledger.tables import CHECKPOINTS, INTENTS, MEETINGS

_E, _I = ERASURES.c, INTENTS.c
_OF = select(ERASURES).where(_E.meeting_id == bindparam("b_id"))
_ADD = insert(ERASURES)
_FREE = update(MEETINGS).where(MEETINGS.c.meeting_id == bindparam("b_id")).values(lease_owner=None, lease_until=None)
_SENDING = (
    select(INTENTS)
    .where(_I.meeting_id == bindparam("b_id"), _I.state == IntentState.SENDING.value)
    .order_by(_I.intent_key)
    .with_for_update()
)
_CALLED_OFF = dict.fromkeys(
    (
        IntentState.PLANNED,
        IntentState.RETRY_SCHEDULED,
        IntentState.PARKED,
        IntentState.AWAITING_REVIEW,
        IntentState.REJECTED,
        IntentState.CONFLICT,
    ),
    IntentState.WITHDRAWN,
) | {IntentState.UNCERTAIN: IntentState.DEAD_LETTER}
"""What becomes of writes. One that may have landed is left to a person: it is listed with what remains."""


@dataclass(frozen=True)
class Closing:
    """A request to begin an erasure."""

    tombstone: Tombstone
    displacing: str | None = None


@dataclass(frozen=True)
class Progress:
    """A step that was done, or the end."""

    meeting_id: str
    step: ErasureStep | None
    taken: Taken
    now: datetime | None = None
    who: str = ""


def close(transaction: Transaction, requests: Sequence[Closing]) -> Sequence[str | PipelineError | None]:
    """Begin erasures; returns the live holder of each meeting that could not be closed."""
    known = lock_meetings(transaction, (request.tombstone.meeting_id for request in requests))
    return [_close(transaction, request, known.get(request.tombstone.meeting_id)) for request in requests]


def _close(transaction: Transaction, request: Closing, meeting: Meeting | None) -> str | None:
    stone = request.tombstone
    if meeting is not None and meeting.lease_owner not in {None, request.displacing}:
        until = meeting.lease_until
        if until is not None and until > transaction.lease_now():
            return meeting.lease_owner
    begun = transaction.rows(_OF, b_id=stone.meeting_id)
    closed = meeting is None or meeting.state is MeetingState.ERASED
    if begun and closed:
        return None
    (held,) = holdings(transaction, [stone.meeting_id])
    transcripts = {*stone.transcripts, *(held.transcripts if held is not None else ())}
    values: dict[str, Any] = {
        "meeting_id": stone.meeting_id,
        "requested_at": stone.at,
        "finished_at": None,
        "steps": [],
        "transcripts": sorted(transcripts),
        "documents": list(held.documents) if held is not None else [],
        "sources": list(held.sources) if held is not None else [],
        "removed": {},
        "remains": [],
    }
    if begun:
        # A restored ledger knows the erasure and has the meeting back.
        transaction.connection.execute(update(ERASURES).where(_E.meeting_id == stone.meeting_id), values)
    else:
        transaction.many(_ADD, [values])
    add_erased(transaction, transcripts, stone.meeting_id)
    if meeting is not None:
        after = replace(
            meeting,
            state=MeetingState.ERASED,
            updated_at=stone.at,
            cause=erased_cause(stone.at),
            failure_class=None,
            next_attempt_at=None,
        )
        change_meetings(transaction, [after])
        transaction.connection.execute(_FREE, {"b_id": stone.meeting_id})
        add_transitions(transaction, [(meeting.state, after)])
        withdraw(transaction, stone.meeting_id, stone.at)
    return None


def call_off(transaction: Transaction, requests: Sequence[tuple[str, datetime]]) -> Sequence[int | PipelineError]:
    """Withdraw unsent writes; how many are still being sent by somebody whose lease holds."""
    return [withdraw(transaction, meeting_id, now) for meeting_id, now in requests]


def withdraw(transaction: Transaction, meeting_id: str, now: datetime) -> int:
    """Call unsent writes off; returns how many are still being sent by somebody whose lease holds."""
    live = 0
    lease_now = transaction.lease_now(now)
    for row in transaction.rows(_SENDING, b_id=meeting_id):
        if row.lease_until is not None and row.lease_until > lease_now:
            live += 1
        else:
            _move(transaction, _I.id == row.id, IntentState.DEAD_LETTER, now)
    for before, after in _CALLED_OFF.items():
        _move(transaction, (_I.meeting_id == meeting_id) & (_I.state == before.value), after, now)
    return live


def _move(transaction: Transaction, which: Any, after: IntentState, now: datetime) -> None:
    values = {"state": after.value, "updated_at": now, "next_attempt_at": None, "lease_owner": None}
    transaction.connection.execute(update(INTENTS).where(which).values({**values, "lease_until": None}))


def free(
    transaction: Transaction, requests: Sequence[tuple[str, tuple[str, ...]]]
) -> Sequence[tuple[str, ...] | PipelineError]:
    """Of each meeting's digests those nobody else refers to."""
    return [
        tuple(digest for digest in digests if digest not in others)
        for meeting_id, digests in requests
        for others in [elsewhere(transaction, digests, meeting_id)]
    ]


def scrub(transaction: Transaction, requests: Sequence[str]) -> Sequence[int | PipelineError]:
    """Take the words out of the rows of meetings that were closed."""
    changed: list[int] = []
    for meeting_id in requests:
        (row,) = transaction.rows(_OF, b_id=meeting_id)
        # A removal by retention that was cut off would keep its paths; the erasure has taken over.
        transaction.connection.execute(delete(RETENTIONS).where(RETENTIONS.c.meeting_id == meeting_id))
        changed.append(scrub_meeting(transaction, meeting_id, tuple(row.sources)))
    return changed


def progress(transaction: Transaction, requests: Sequence[Progress]) -> Sequence[PipelineError | None]:
    """Record steps and ends."""
    for request in requests:
        (row,) = transaction.rows(_OF, b_id=request.meeting_id)
        if request.step is None:
            values: dict[str, Any] = {"finished_at": request.now, "sources": []}
            assert request.now is not None
            told = {"removed": row.removed, "remains": len(row.remains)}
            done = Intervention(request.now, request.who, "erasure", "forget", request.meeting_id, details=told)
            intervene(transaction, [done])
        elif request.step.value in row.steps:
            continue
        else:
            values = {
                "steps": [*row.steps, request.step.value],
                "removed": {**row.removed, request.step.value: request.taken.removed},
                "remains": [*row.remains, *map(dict, request.taken.remains)],
            }
        transaction.connection.execute(update(ERASURES).where(_E.meeting_id == request.meeting_id).values(values))
    return [None] * len(requests)


def report_again(transaction: Transaction, requests: Sequence[tuple[str, ...]]) -> Sequence[int | PipelineError]:
    """Mark stages of these runs as not told to Dagster, apart from those of meetings without documents."""
    gone = union(select(_E.meeting_id), select(MEETINGS.c.meeting_id).where(MEETINGS.c.documents_gone_at.is_not(None)))
    counts: list[int] = []
    for run_ids in requests:
        statement = update(CHECKPOINTS).where(CHECKPOINTS.c.run_id.in_(run_ids), CHECKPOINTS.c.meeting_id.not_in(gone))
        counts.append(transaction.connection.execute(statement.values(event_pending=True)).rowcount)
    return counts


def erasure_from(row: Row[Any]) -> Erasure:
    """A row of ``erasures``."""
    told: Mapping[Any, Any] = row._mapping  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - its documented name
    lists = {name: tuple(told[name]) for name in ("transcripts", "documents", "sources", "remains")}
    return Erasure(
        meeting_id=told["meeting_id"],
        requested_at=told["requested_at"],
        finished_at=told["finished_at"],
        steps=tuple(ErasureStep(step) for step in told["steps"]),
        removed=told["removed"],
        **lists,
    )
