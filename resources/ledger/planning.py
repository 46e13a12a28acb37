"""Recording decisions to write.

What belongs here: what a new decision does to earlier ones about the same record. What does not: making decisions (see
``stages``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Intent, IntentPlan
from artifact_assets.domain.states import IntentState
from resources.database.transaction import Transaction
from resources.ledger.intents import add_intents, change_intents, lock_intents, lock_records
from resources.ledger.rows import plan_values

_UNSENT = frozenset({IntentState.PLANNED, IntentState.RETRY_SCHEDULED, IntentState.PARKED, IntentState.AWAITING_REVIEW})


@dataclass(frozen=True)
class Plan:
    """A request to record intents. ``withdrawing`` are record keys no longer wanted."""

    plans: tuple[IntentPlan, ...]
    now: datetime
    withdrawing: tuple[str, ...] = ()


def plan(transaction: Transaction, requests: Sequence[Plan]) -> Sequence[tuple[Intent, ...] | PipelineError]:
    """Record intents. See ``Ledger.plan``.

    A decision under a known intent key was made before and keeps its row. Only when other content was decided on in
    between, so that the row was superseded, it is planned again.
    """
    records = {p.record_key for request in requests for p in request.plans}
    records.update(key for request in requests for key in request.withdrawing)
    known: dict[str, Intent] = {intent.intent_key: intent for intent in lock_records(transaction, records)}
    # An intent key that names another record is a mistake to be told, not a new row to collide.
    wanted = [p.intent_key for request in requests for p in request.plans]
    if missing := [key for key in wanted if key not in known]:
        known.update(lock_intents(transaction, missing))
    outcomes: list[PipelineError | None] = [_refusal(known, request) for request in requests]
    added: dict[str, Intent] = {}
    changed: dict[str, Intent] = {}
    for request, refusal in zip(requests, outcomes, strict=True):
        if refusal is None:
            _record(request, known, added, changed)
    add_intents(transaction, [_new_values(intent) for intent in added.values()])
    change_intents(transaction, [intent for key, intent in changed.items() if key not in added])
    return [
        refusal or tuple(known[p.intent_key] for p in request.plans)
        for request, refusal in zip(requests, outcomes, strict=True)
    ]


def _refusal(known: dict[str, Intent], request: Plan) -> PipelineError | None:
    for planned in request.plans:
        before = known.get(planned.intent_key)
        same = before is None or (before.payload_digest, before.record_key) == (
            planned.payload_digest,
            planned.record_key,
        )
        if not same:
            return PipelineError(
                FailureClass.INTERNAL_ERROR,
                f"Intent {planned.intent_key} of meeting {planned.meeting_id} was planned before with another payload, "
                "so nothing of this plan was recorded.",
            )
    return None


def _record(request: Plan, known: dict[str, Intent], added: dict[str, Intent], changed: dict[str, Intent]) -> None:
    for key in request.withdrawing:
        _call_off(key, None, IntentState.WITHDRAWN, request.now, known, changed)
    for planned in request.plans:
        before = known.get(planned.intent_key)
        _call_off(planned.record_key, planned.intent_key, IntentState.SUPERSEDED, request.now, known, changed)
        if before is None:
            intent = Intent(**vars(planned), created_at=request.now, updated_at=request.now)
            known[intent.intent_key] = added[intent.intent_key] = intent
        elif before.state is IntentState.SUPERSEDED:
            known[before.intent_key] = changed[before.intent_key] = replace(
                before,
                state=planned.state,
                failure_class=planned.failure_class,
                cause=planned.cause,
                attempts=0,
                next_attempt_at=None,
                updated_at=request.now,
            )


def _call_off(
    record_key: str,
    except_for: str | None,
    state: IntentState,
    now: datetime,
    known: dict[str, Intent],
    changed: dict[str, Intent],
) -> None:
    """End the unsent intents of a record. Those in flight stay: only a look-up tells what became of them."""
    for intent in [*known.values()]:
        if intent.record_key == record_key and intent.intent_key != except_for and intent.state in _UNSENT:
            known[intent.intent_key] = changed[intent.intent_key] = replace(intent, state=state, updated_at=now)


def _new_values(intent: Intent) -> dict[str, object]:
    values = plan_values(intent)
    unset = ("next_attempt_at", "lease_owner", "lease_until", "receipt")
    return {
        **values,
        "attempts": 0,
        "created_at": intent.created_at,
        "updated_at": intent.updated_at,
        **dict.fromkeys(unset),
    }
