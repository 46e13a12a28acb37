"""Working off intents: claim, send once, settle; ask before sending again.

What belongs here: the protocol that keeps a write exactly once in effect, whatever happens in between. What does not:
which writes there are (see ``planning``) and how a vendor takes them (see ``resources.destinations``).

``sending`` is committed before the call. Whatever then stops us leaves a ``sending`` intent behind, which becomes
``uncertain``; and ``uncertain`` is left only by looking the record up at the destination.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.ports import Destination, Receipt
from artifact_assets.domain.records import Intent, Settlement
from artifact_assets.domain.states import OPEN_INTENTS, SENDABLE_INTENTS, IntentState
from artifact_assets.stages.equipment import Equipment

STATE_AFTER_FAILURE = {
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


@dataclass(frozen=True)
class Delivery:
    """Works off intents for one owner."""

    equipment: Equipment
    owner: str

    async def work_off(self, intents: tuple[Intent, ...]) -> None:
        """Bring each intent as far as it gets now, in order. Errors of destinations end as states, not as exceptions."""
        await self.lapse(intents)
        for intent in intents:
            await self._advance(intent)

    async def lapse(self, intents: tuple[Intent, ...]) -> None:
        """Find the sends of dead owners: they become uncertain at once instead of when their lease runs out."""
        owners = {i.lease_owner for i in intents if i.state is IntentState.SENDING and i.lease_owner is not None}
        gone = frozenset(owner for owner in owners if self.equipment.is_gone(owner))
        await self.equipment.ledger.lapse(self.equipment.clock.now(), gone=gone)

    async def _advance(self, intent: Intent) -> None:
        destination = self.equipment.destinations.get(intent.destination)
        if destination is None or intent.state not in OPEN_INTENTS:
            return
        # The row may have moved since it was read: sent by another process, or lapsed a moment ago.
        if await self._look_up(intent, destination):
            return
        policy = self.equipment.configuration.delivery
        claimed = await self.equipment.ledger.claim(
            intent.intent_key, self.owner, policy.lease_seconds, self.equipment.clock.now()
        )
        if claimed is not None:
            await self._send(claimed, destination)

    async def _look_up(self, intent: Intent, destination: Destination) -> bool:
        """Resolve an uncertain intent; True when nothing is left to send."""
        if intent.state in SENDABLE_INTENTS:
            return False
        ledger, clock = self.equipment.ledger, self.equipment.clock
        policy = self.equipment.configuration.delivery
        held = await ledger.claim_lookup(intent.intent_key, self.owner, policy.lease_seconds, clock.now())
        if held is None:
            return False
        started = clock.monotonic()
        try:
            async with asyncio.timeout(policy.send_timeout_seconds):
                receipt = await destination.look_up(held)
        except (PipelineError, TimeoutError):
            await self._settle(held, IntentState.UNCERTAIN, "look_up_failed", started, retry=True)
            return True
        if receipt is not None:
            await self._settle(held, IntentState.CONFIRMED, "found", started, receipt=receipt)
            return True
        await self._settle(held, IntentState.RETRY_SCHEDULED, "not_found", started)
        return False

    async def _send(self, intent: Intent, destination: Destination) -> None:
        started = self.equipment.clock.monotonic()
        policy = self.equipment.configuration.delivery
        try:
            async with asyncio.timeout(policy.send_timeout_seconds):
                receipt = await destination.send(intent)
        except TimeoutError:
            error = PipelineError(
                FailureClass.DELIVERY_UNCERTAIN,
                f"{destination.name} did not answer intent {intent.intent_key[:12]} within "
                f"{policy.send_timeout_seconds:g} s, so it may or may not have been applied.",
            )
            await self._settle(intent, IntentState.UNCERTAIN, "unanswered", started, error=error, retry=True)
        except PipelineError as error:
            state = STATE_AFTER_FAILURE.get(error.failure_class, IntentState.DEAD_LETTER)
            if state is IntentState.RETRY_SCHEDULED and intent.attempts >= policy.attempts:
                state = IntentState.DEAD_LETTER
            waits = state in (IntentState.RETRY_SCHEDULED, IntentState.UNCERTAIN, IntentState.PARKED)
            await self._settle(intent, state, error.failure_class.value, started, error=error, retry=waits)
        else:
            await self._settle(intent, IntentState.CONFIRMED, "accepted", started, receipt=receipt)

    async def _settle(
        self,
        intent: Intent,
        state: IntentState,
        outcome: str,
        started: float,
        *,
        receipt: Receipt | None = None,
        error: PipelineError | None = None,
        retry: bool = False,
    ) -> None:
        clock = self.equipment.clock
        now = clock.now()
        wait = self.equipment.configuration.delivery.backoff.delay(max(intent.attempts, 1), clock.random())
        await self.equipment.ledger.settle(
            Settlement(
                intent_key=intent.intent_key,
                owner=self.owner,
                state=state,
                at=now,
                outcome=outcome,
                receipt=receipt.as_json() if receipt is not None else None,
                failure_class=error.failure_class if error is not None else None,
                cause=error.cause if error is not None else None,
                next_attempt_at=now + timedelta(seconds=wait) if retry else None,
                status=receipt.status if receipt is not None else None,
                correlation_id=receipt.correlation_id if receipt is not None else None,
                duration_seconds=round(clock.monotonic() - started, 4),
            )
        )
