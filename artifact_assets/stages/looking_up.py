"""Resolving a write whose answer never came.

What belongs here: when to look, and what finding it, missing it or not being able to look means. What does not: sending.

Looking too early would miss a write that is still on its way: a look-up waits for the end of the sender's lease, for the
longest a request may take at the destination, and for its consistency window.
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
    started, early = clock.monotonic(), not_before(held, capability, destination, policy)
    if early is not None and early > clock.now():
        waits = settlement(held, owner, IntentState.UNCERTAIN, clock.now(), "waits", next_attempt_at=early)
        await settle(_as_it_was(waits, held), held)
        return True

    def ended(state: IntentState, outcome: str, **told: object) -> Settlement:
        seconds = round(clock.monotonic() - started, 4)
        return settlement(held, owner, state, clock.now(), outcome, seconds=seconds, **told)  # type: ignore[arg-type]

    try:
        async with asyncio.timeout(policy.send_timeout_seconds):
            receipt = await destination.look_up(held, context)
    except (PipelineError, TimeoutError) as error:
        told = error if isinstance(error, PipelineError) else None
        again = clock.now() + wait_after(told, held, policy, clock.random())
        await settle(_as_it_was(ended(IntentState.UNCERTAIN, "look_up_failed", next_attempt_at=again), held), held)
        return True
    if receipt is not None:
        await settle(ended(IntentState.CONFIRMED, "found", receipt=receipt), held)
        return True
    if capability.sends_again:
        await settle(ended(IntentState.RETRY_SCHEDULED, "not_found"), held)
        return False
    looks = sum(attempt.outcome == "not_found" for attempt in await ledger.attempts(held.intent_key))
    if looks + 1 < LOOKS:
        again = clock.now() + timedelta(seconds=capability.consistency_seconds * (looks + 1))
        await settle(_as_it_was(ended(IntentState.UNCERTAIN, "not_found", next_attempt_at=again), held), held)
    else:
        await settle(ended(IntentState.DEAD_LETTER, "not_found", error=undecided(held)), held)
    return True


def not_before(
    intent: Intent, capability: Capability, destination: Destination, policy: DeliveryPolicy
) -> datetime | None:
    """The earliest time a look-up proves anything; None for right now."""
    if intent.next_attempt_at is not None:
        return intent.next_attempt_at
    if destination.family is Family.EMBEDDED or intent.updated_at is None:
        return None
    # Whoever sent it is gone or out of time; the request itself may still be on its way.
    return intent.updated_at + timedelta(seconds=policy.send_timeout_seconds + capability.consistency_seconds)


def undecided(intent: Intent) -> PipelineError:
    """What a person is told when the destination cannot tell."""
    return PipelineError(
        FailureClass.DELIVERY_UNCERTAIN,
        f"Nothing at {intent.destination} tells whether intent {intent.intent_key[:12]} was written, so it is not sent again.",
        "Look for its marker there, then settle it with `deliveries resolve`.",
    )


def _as_it_was(settled: Settlement, intent: Intent) -> Settlement:
    """Still uncertain: the cause of the uncertainty stays."""
    return replace(settled, failure_class=intent.failure_class, cause=intent.cause)
