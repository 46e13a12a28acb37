"""Recording what became of a write.

What belongs here: legal moves of an intent and who may make them. What does not: reading a vendor's answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Intent, Settlement
from artifact_assets.domain.states import IntentState, may_follow
from resources.database.transaction import Transaction
from resources.ledger.attempts import add_lookups, end_attempts
from resources.ledger.intents import IN_FLIGHT, change_intents, lock_intents, lock_records


def settle(transaction: Transaction, requests: Sequence[Settlement]) -> Sequence[Intent | PipelineError]:
    """End attempts and look-ups, or move intents that nobody is sending.

    What is in flight is settled by the owner of its lease only. When a write is confirmed, an earlier confirmed one of
    the same record is superseded: its content is no longer there.
    """
    before = lock_intents(transaction, (request.intent_key for request in requests))
    outcomes = [_outcome(before.get(request.intent_key), request) for request in requests]
    settled = [(r, o) for r, o in zip(requests, outcomes, strict=True) if isinstance(o, Intent)]
    was = {request.intent_key: before[request.intent_key].state for request, _ in settled}
    end_attempts(transaction, [r for r, _ in settled if was[r.intent_key] is IntentState.SENDING])
    add_lookups(transaction, [(o, r) for r, o in settled if was[r.intent_key] is IntentState.UNCERTAIN])
    change_intents(transaction, [*_overwritten(transaction, settled), *(intent for _, intent in settled)])
    return outcomes


def _outcome(intent: Intent | None, request: Settlement) -> Intent | PipelineError:
    if intent is None:
        return _error(request, "is not known")
    if intent.state in IN_FLIGHT and intent.lease_owner != request.owner:
        return _error(request, "was taken over by another sender, or given up, before its answer came")
    if not may_follow(intent.state, request.state):
        return _error(request, f"cannot go from {intent.state} to {request.state}")
    return replace(
        intent,
        state=request.state,
        failure_class=request.failure_class,
        cause=request.cause,
        next_attempt_at=request.next_attempt_at,
        updated_at=request.at,
        receipt=request.receipt if request.receipt is not None else intent.receipt,
        # A person who plans it again gives it all its attempts again.
        attempts=0 if request.state is IntentState.PLANNED else intent.attempts,
        lease_owner=None,
        lease_until=None,
    )


def _overwritten(transaction: Transaction, settled: Sequence[tuple[Settlement, Intent]]) -> list[Intent]:
    now = {intent.record_key: (request, intent) for request, intent in settled if intent.state is IntentState.CONFIRMED}
    if not now:
        return []
    return [
        replace(other, state=IntentState.SUPERSEDED, updated_at=now[other.record_key][0].at)
        for other in lock_records(transaction, now, confirmed=True)
        if other.intent_key != now[other.record_key][1].intent_key
    ]


def _error(request: Settlement, problem: str) -> PipelineError:
    return PipelineError(
        FailureClass.INTERNAL_ERROR,
        f"Intent {request.intent_key} {problem}, so its outcome {request.state} was not recorded.",
    )
