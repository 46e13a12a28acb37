"""Resolving a write whose answer never came.

What belongs here: when to look, and what finding it, missing it or not being able to look means. What does not: sending.

Looking early can find a write but not miss it: what is found has landed and is confirmed at once, on every rung whose look-up
does not lag. A miss proves something only after the end of the sender's lease, the longest a request may take at the
destination, and its consistency window. Nobody waits for that where the destination itself tells two copies of a request
from two writes, by an upsert key or an idempotency key: then the write is sent again at once, while the first may be under way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from artifact_assets.domain.capabilities import Capability, Family
from artifact_assets.domain.destination import Destination
from artifact_assets.domain.exchange import Context
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.policies import DeliveryPolicy
from artifact_assets.domain.records import Intent, Settlement
from artifact_assets.domain.refusals import Refusal
from artifact_assets.domain.states import IntentState
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.outcomes import settlement, wait_after

LOOKS = 3
"""How often a lagging search is asked before a person is."""

Settle = Callable[[Settlement, Intent], Awaitable[Intent]]


async def looked_up(
    equipment: Equipment, owner: str, intent: Intent, destination: Destination, context: Context, settle: Settle
) -> bool:
    """Look an uncertain intent up; True when nothing is to be sent now."""
    ledger, clock, policy = equipment.ledger, equipment.clock, equipment.configuration.delivery
    held = await ledger.claim_lookup(intent.intent_key, owner, policy.lease_seconds, clock.now())
    if held is None:
        return False
    capability = await destination.capability(held.operation)
    if context.prior is not None and (context.prior.receipt or {}).get("record_id"):
        capability = capability.known
    started, early = clock.monotonic(), not_before(held, capability, destination, policy)
    is_early = early is not None and early > clock.now()
    if is_early and not (capability.asks_at_once and held.next_attempt_at is None):
        waits = settlement(held, owner, IntentState.UNCERTAIN, clock.now(), "waits", next_attempt_at=early)
        await settle(_as_it_was(waits, held), held)
        return True

    def ended(state: IntentState, outcome: str, **told: object) -> Settlement:
        seconds = round(clock.monotonic() - started, 4)
        return settlement(held, owner, state, clock.now(), outcome, seconds=seconds, **told)  # type: ignore[arg-type]

    try:
        # Reading changes nothing, so a long list may take as long as this process holds the intent.
        async with asyncio.timeout(policy.lease_seconds):
            receipt = await destination.look_up(held, context)
    except (PipelineError, TimeoutError) as error:
        told = error if isinstance(error, PipelineError) else None
        again = max(clock.now() + wait_after(told, held, policy, clock.random()), early or clock.now())
        await settle(_as_it_was(ended(IntentState.UNCERTAIN, "look_up_failed", next_attempt_at=again), held), held)
        return True
    if receipt is not None:
        quiet = await quiet_until(held, destination, policy, clock.now())
        await settle(ended(IntentState.CONFIRMED, "found", receipt=receipt, next_attempt_at=quiet), held)
        return True
    if is_early and not capability.repeats:
        missed = ended(IntentState.UNCERTAIN, "not_yet", next_attempt_at=early)
    elif capability.sends_again:
        missed = ended(IntentState.RETRY_SCHEDULED, "not_found")
    else:
        looks = 1 + sum(attempt.outcome == "not_found" for attempt in await ledger.attempts(held.intent_key))
        again = clock.now() + timedelta(seconds=capability.consistency_seconds * looks)
        missed = ended(IntentState.UNCERTAIN, "not_found", next_attempt_at=again)
        if looks >= LOOKS:
            missed = ended(IntentState.DEAD_LETTER, "not_found", error=undecided(held))
    await settle(_as_it_was(missed, held) if missed.state is IntentState.UNCERTAIN else missed, held)
    return missed.state is not IntentState.RETRY_SCHEDULED


def not_before(
    intent: Intent, capability: Capability, destination: Destination, policy: DeliveryPolicy
) -> datetime | None:
    """The earliest time a miss proves anything; None for right now."""
    if intent.next_attempt_at is not None:
        return intent.next_attempt_at
    if destination.family is Family.EMBEDDED or intent.updated_at is None:
        return None
    # Whoever sent it is gone or out of time; the request itself may still be on its way.
    return intent.updated_at + timedelta(seconds=policy.send_timeout_seconds + capability.consistency_seconds)


def first_look(
    error: PipelineError, intent: Intent, capability: Capability, policy: DeliveryPolicy, now: datetime, until: datetime
) -> datetime | None:
    """When a write that its sender got no answer to is asked about; None for at once. ``until`` is what backing off says."""
    told_to_wait = isinstance(error, Refusal) and error.retry_after is not None
    # Once: a destination that loses answers again and again is not to be asked twice as often.
    if capability.asks_at_once and intent.attempts <= 1 and not told_to_wait:
        return None
    under_way = 0.0 if capability.repeats else policy.send_timeout_seconds
    return max(until, now + timedelta(seconds=under_way + capability.consistency_seconds))


async def quiet_until(
    intent: Intent, destination: Destination, policy: DeliveryPolicy, now: datetime
) -> datetime | None:
    """How long other words for the record must wait after ``intent`` was confirmed; None for not at all.

    Where it was sent again under its key, an earlier copy may land late, and would bring the old words back.
    """
    if intent.attempts <= 1 or destination.family is Family.EMBEDDED:
        return None
    repeats = (await destination.capability(intent.operation)).repeats
    return now + timedelta(seconds=policy.send_timeout_seconds) if repeats else None


def undecided(intent: Intent) -> PipelineError:
    """What a person is told when the destination cannot tell."""
    return PipelineError(
        FailureClass.DELIVERY_UNCERTAIN,
        f"Nothing at {intent.destination} tells whether intent {intent.intent_key[:12]} was written, so it is not sent again.",
        "Look for its marker there, then `deliveries resolve KEY` with --landed, --again or --drop, and --why TEXT.",
    )


def _as_it_was(settled: Settlement, intent: Intent) -> Settlement:
    """Still uncertain: the cause of the uncertainty stays."""
    return replace(settled, failure_class=intent.failure_class, cause=intent.cause)
