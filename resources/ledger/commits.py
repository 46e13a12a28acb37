"""Storing what one stage of one meeting came to.

What belongs here: the checkpoint, the items, the state and its transition, all or nothing. What does not: the stage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Meeting, StageCommit
from artifact_assets.domain.states import MeetingState
from resources.database.transaction import Transaction
from resources.ledger.checkpoints import store_checkpoints
from resources.ledger.items import replace_items
from resources.ledger.meetings import add_transitions, change_meetings, lock_meetings


def commit(transaction: Transaction, requests: Sequence[StageCommit]) -> Sequence[PipelineError | None]:
    """Store outcomes of stages, each only for the owner of its meeting's lease.

    A lease that has run out but that nobody took over still counts. Work on a revision that is no longer the newest
    leaves its checkpoint and items, and the meeting stays ``received``, because the newer one is still to be done.
    """
    known = lock_meetings(transaction, (request.meeting_id for request in requests))
    outcomes = [_refusal(known.get(request.meeting_id), request) for request in requests]
    accepted = [request for request, refusal in zip(requests, outcomes, strict=True) if refusal is None]
    changes: list[tuple[MeetingState | None, Meeting]] = []
    for request in accepted:
        before = known[request.meeting_id]
        if request.revision in {None, before.revision}:
            changes.append((before.state, _after(before, request)))
    store_checkpoints(transaction, [request.checkpoint for request in accepted if request.checkpoint is not None])
    replace_items(transaction, {request.meeting_id: request.items for request in accepted if request.items is not None})
    change_meetings(transaction, [after for _, after in changes])
    add_transitions(transaction, [(b, after) for b, after in changes if b is not after.state or after.cause])
    return outcomes


def _refusal(meeting: Meeting | None, request: StageCommit) -> PipelineError | None:
    if meeting is not None and meeting.lease_owner == request.owner:
        return None
    return PipelineError(
        FailureClass.INTERNAL_ERROR,
        f"Meeting {request.meeting_id} was taken over by another run while this one worked on it, so this result was "
        "not stored.",
        "Nothing; the other run finishes the meeting. Raise the lease if it repeats.",
    )


def _after(before: Meeting, request: StageCommit) -> Meeting:
    return replace(
        before,
        state=request.state,
        updated_at=request.at,
        run_id=request.run_id,
        counts=request.counts or before.counts,
        kind=request.kind or before.kind,
        failure_class=request.failure_class,
        cause=request.cause,
        next_attempt_at=request.next_attempt_at,
        deaths=0,
    )
