"""Taking a recorded write to send it, or to look it up.

What belongs here: which intent may be taken now, by whom and for how long. What does not: sending.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Intent
from artifact_assets.domain.states import SENDABLE_INTENTS, IntentState
from resources.database.transaction import Transaction
from resources.ledger.attempts import cut_off_attempts, start_attempts
from resources.ledger.changing import being_changed
from resources.ledger.intents import abandoned, change_intents, lock_intents, lock_standings
from resources.ledger.rows import intent_from


@dataclass(frozen=True)
class Claim:
    """A request to take an intent."""

    intent_key: str
    owner: str
    lease_seconds: float
    now: datetime


@dataclass(frozen=True)
class Lapse:
    """A request to give up on senders that are gone."""

    now: datetime
    gone: frozenset[str] = frozenset()


def claim(transaction: Transaction, requests: Sequence[Claim]) -> Sequence[Intent | PipelineError | None]:
    """Move intents to ``sending``. At most one write of a record key, and one change of a record, is ever in flight."""
    wanted = lock_intents(transaction, (request.intent_key for request in requests))
    records = {intent.record_key for intent in wanted.values()} | {i.after for i in wanted.values() if i.after}
    standings = lock_standings(transaction, records)
    confirmed = {one.record_key for one in standings if one.state is IntentState.CONFIRMED}
    changing = being_changed(transaction, wanted.values())
    busy: set[str] = set()
    taken: dict[str, Intent] = {}
    for request in requests:
        intent = wanted.get(request.intent_key)
        busy.update(one.record_key for one in standings if one.is_in_flight(request.now))
        if intent is None or intent.record_key in busy or not _is_due(intent, request.now):
            continue
        if intent.after is not None and intent.after not in confirmed:
            continue
        if not changing.begins(intent):
            continue
        busy.add(intent.record_key)
        taken[request.intent_key] = replace(
            _leased(transaction, intent, request),
            state=IntentState.SENDING,
            attempts=intent.attempts + 1,
            failure_class=None,
            cause=None,
            next_attempt_at=None,
        )
    change_intents(transaction, list(taken.values()))
    start_attempts(transaction, [(taken[r.intent_key], r.now) for r in requests if r.intent_key in taken])
    return [taken.get(request.intent_key) for request in requests]


def claim_lookup(transaction: Transaction, requests: Sequence[Claim]) -> Sequence[Intent | PipelineError | None]:
    """Take ``uncertain`` intents for a look-up."""
    wanted = lock_intents(transaction, (request.intent_key for request in requests))
    taken: dict[str, Intent] = {}
    for request in requests:
        intent = wanted.get(request.intent_key)
        if intent is not None and intent.state is IntentState.UNCERTAIN and not _is_held(transaction, intent, request):
            taken[request.intent_key] = _leased(transaction, intent, request)
    change_intents(transaction, list(taken.values()))
    return [taken.get(request.intent_key) for request in requests]


def lapse(transaction: Transaction, requests: Sequence[Lapse]) -> Sequence[int | PipelineError]:
    """Turn ``sending`` intents without a living sender into ``uncertain``."""
    outcomes: list[int] = []
    for request in requests:
        now = transaction.lease_now(request.now)
        lapsed = [intent_from(row) for row in transaction.connection.execute(abandoned(now, request.gone))]
        change_intents(transaction, [_lost(intent, request.now) for intent in lapsed])
        cut_off_attempts(transaction, [intent.intent_key for intent in lapsed], request.now)
        outcomes.append(len(lapsed))
    return outcomes


def _is_due(intent: Intent, now: datetime) -> bool:
    if intent.state not in SENDABLE_INTENTS:
        return False
    if intent.next_attempt_at is None:
        # A parked one without a time waits for a person.
        return intent.state is not IntentState.PARKED
    return intent.next_attempt_at <= now


def _is_held(transaction: Transaction, intent: Intent, request: Claim) -> bool:
    return (
        intent.lease_owner not in {None, request.owner}
        and intent.lease_until is not None
        and intent.lease_until > transaction.lease_now(request.now)
    )


def _leased(transaction: Transaction, intent: Intent, request: Claim) -> Intent:
    until = transaction.lease_now(request.now) + timedelta(seconds=request.lease_seconds)
    return replace(intent, lease_owner=request.owner, lease_until=until, updated_at=request.now)


def _lost(intent: Intent, now: datetime) -> Intent:
    return replace(
        intent,
        state=IntentState.UNCERTAIN,
        failure_class=FailureClass.DELIVERY_UNCERTAIN,
        cause=f"The sender of intent {intent.intent_key} stopped before its answer came, so it may have been applied.",
        updated_at=now,
        lease_owner=None,
    )
