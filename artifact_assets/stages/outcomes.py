"""What a call to a destination makes of its intent.

What belongs here: the table from failure classes to states, and the settlement that is stored. What does not: making calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from artifact_assets.domain.destination import Receipt
from artifact_assets.domain.documents import digest_of
from artifact_assets.domain.exchange import FieldWritten
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.policies import DeliveryPolicy
from artifact_assets.domain.records import Intent, Json, Settlement
from artifact_assets.domain.refusals import LATE, OVERTAKEN, Refusal
from artifact_assets.domain.states import IntentState
from artifact_assets.stages.timely import as_of

STATE_AFTER_FAILURE: Mapping[FailureClass, IntentState] = {
    FailureClass.DESTINATION_UNAVAILABLE: IntentState.RETRY_SCHEDULED,
    FailureClass.DESTINATION_RATE_LIMITED: IntentState.RETRY_SCHEDULED,
    FailureClass.STORAGE_UNAVAILABLE: IntentState.RETRY_SCHEDULED,
    FailureClass.DESTINATION_QUOTA: IntentState.PARKED,
    FailureClass.DESTINATION_UNAUTHORIZED: IntentState.PARKED,
    FailureClass.DESTINATION_REJECTED: IntentState.REJECTED,
    FailureClass.RECORD_NOT_FOUND: IntentState.REJECTED,
    FailureClass.RECORD_AMBIGUOUS: IntentState.REJECTED,
    FailureClass.DESTINATION_CONFLICT: IntentState.CONFLICT,
    FailureClass.DELIVERY_UNCERTAIN: IntentState.UNCERTAIN,
}
"""What a failed call makes of its intent; any other class is a bug in the adapter and ends as a dead letter."""

WAITING = frozenset({IntentState.RETRY_SCHEDULED, IntentState.UNCERTAIN, IntentState.PARKED})


def state_after(error: PipelineError, intent: Intent, policy: DeliveryPolicy) -> IntentState:
    """The state a failed send leaves. A limit is no fault of the write and never ends it."""
    if isinstance(error, Refusal) and error.code in OVERTAKEN:
        return IntentState.EXPIRED
    state = STATE_AFTER_FAILURE.get(error.failure_class, IntentState.DEAD_LETTER)
    late = isinstance(error, Refusal) and error.code == LATE
    limited = late or error.failure_class is FailureClass.DESTINATION_RATE_LIMITED
    if state is IntentState.RETRY_SCHEDULED and not limited and intent.attempts >= policy.attempts:
        return IntentState.DEAD_LETTER
    return state


def wait_after(error: PipelineError | None, intent: Intent, policy: DeliveryPolicy, chance: float) -> timedelta:
    """How long to wait: what the destination asked for, at least our own backoff."""
    asked = error.retry_after if isinstance(error, Refusal) and error.retry_after is not None else 0.0
    return timedelta(seconds=max(asked, policy.backoff.delay(max(intent.attempts, 1), chance)))


def settlement(
    intent: Intent,
    owner: str,
    state: IntentState,
    at: datetime,
    outcome: str,
    *,
    receipt: Receipt | None = None,
    error: PipelineError | None = None,
    next_attempt_at: datetime | None = None,
    seconds: float | None = None,
) -> Settlement:
    """What is stored of one call, with the vendor's own words for it."""
    told: Mapping[str, Any] = error.told if isinstance(error, Refusal) else {}
    kept = {**(intent.receipt or {}), **receipt.as_json()} if receipt is not None else None
    if receipt is None and told.get("previous") is not None:
        # The overwrite may have happened: what it replaced must survive until the look-up says so.
        kept = {**(intent.receipt or {}), "previous": told["previous"]}
    return Settlement(
        intent_key=intent.intent_key,
        owner=owner,
        state=state,
        at=at,
        outcome=outcome,
        receipt=kept,
        failure_class=error.failure_class if error is not None else None,
        cause=error.cause if error is not None else None,
        next_attempt_at=next_attempt_at,
        status=receipt.status if receipt is not None else told.get("status"),
        code=told.get("code"),
        correlation_id=receipt.correlation_id if receipt is not None else told.get("correlation_id"),
        request_digest=receipt.request_digest if receipt is not None else told.get("request_digest"),
        duration_seconds=seconds,
    )


def field_key(intent: Intent) -> str:
    """The key of one field of one record at one account."""
    target = intent.target
    return digest_of([intent.destination, intent.account, dict(target), str(intent.payload.get("field"))])


def field_written(intent: Intent, receipt: Json | None) -> FieldWritten:
    """What a confirmed field update leaves behind: no value of ours where nothing had to be written, for a person wrote it."""
    ours = (receipt or {}).get("applied", True)
    value = digest_of(str(intent.payload.get("value"))) if ours else ""
    return FieldWritten(field_key(intent), as_of(intent.payload), intent.intent_key, value)
