"""Working off intents: claim, send once, settle; ask before sending again.

What belongs here: the protocol that keeps a write exactly once in effect, whatever happens in between. What does not:
which writes there are (see ``planning``), what an unanswered one needs (see ``looking_up``) and how a vendor takes them (see
``resources.destinations``).

``sending`` is committed before the call. Whatever then stops us leaves a ``sending`` intent behind, which becomes
``uncertain``; and ``uncertain`` is left only by looking the record up at the destination.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from artifact_assets.domain.capabilities import Family
from artifact_assets.domain.destination import Destination
from artifact_assets.domain.documents import canonical_json
from artifact_assets.domain.exchange import Context, DestinationRow
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.policies import DeliveryPolicy
from artifact_assets.domain.records import Intent, Settlement
from artifact_assets.domain.refusals import GONE, LATE, Refusal
from artifact_assets.domain.states import OPEN_INTENTS, SENDABLE_INTENTS, IntentState
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.gate import opens_at, parking, shut
from artifact_assets.stages.looking_up import first_look, looked_up, quiet_until
from artifact_assets.stages.outcomes import WAITING, field_key, field_written, settlement, state_after, wait_after
from artifact_assets.stages.record_guard import RecordGuard
from artifact_assets.stages.timely import too_late
from artifact_assets.stages.vanishing import refuse_mass_disappearance

NEVER_DONE = frozenset(
    {IntentState.REJECTED, IntentState.CONFLICT, IntentState.DEAD_LETTER, IntentState.WITHDRAWN, IntentState.EXPIRED}
)


@dataclass
class Delivery:
    """Works off intents for one owner. ``known`` are the rows of the same meetings, as far as they are at hand."""

    equipment: Equipment
    owner: str
    known: dict[str, Intent] = field(default_factory=dict[str, Intent])
    _records: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    _stamps: dict[tuple[str, bytes], set[str]] = field(default_factory=dict[tuple[str, bytes], set[str]])

    def __post_init__(self) -> None:
        self._guard = RecordGuard(self.equipment)
        for intent in self.known.values():
            self._remember(intent)

    async def work_off(self, intents: tuple[Intent, ...]) -> None:
        """Bring each intent as far as it gets now, in order. Errors of destinations end as states, not as exceptions."""
        if any(intent.state is IntentState.SENDING for intent in intents):
            await self.lapse(intents)
        for intent in intents:
            self._remember(intent)
        for intent in intents:
            await self.advance(intent)

    async def lapse(self, intents: tuple[Intent, ...]) -> None:
        """Find the sends of dead owners: they become uncertain at once instead of when their lease runs out."""
        owners = {i.lease_owner for i in intents if i.state is IntentState.SENDING and i.lease_owner is not None}
        gone = frozenset(owner for owner in owners if self.equipment.is_gone(owner))
        await self.equipment.ledger.lapse(self.equipment.clock.now(), gone=gone)

    async def advance(self, intent: Intent) -> None:
        """Bring one intent as far as it gets now; what got no answer is asked about at once where that can tell something."""
        destination = self.equipment.destinations.get(intent.destination)
        async with self.equipment.turns.at(intent, destination.vendor if destination is not None else ""):
            await self._step(intent)
            now = self.known.get(intent.intent_key)
            if now is not None and now.state is IntentState.UNCERTAIN and now.next_attempt_at is None:
                await self._step(now)

    async def _step(self, intent: Intent) -> None:
        destination = self.equipment.destinations.get(intent.destination)
        if destination is None or intent.state not in OPEN_INTENTS:
            return
        clock, ledger = self.equipment.clock, self.equipment.ledger
        try:
            row = await self.equipment.gate.row(ledger, clock, destination)
        except PipelineError as error:
            wait = wait_after(error, intent, self._policy, clock.random())
            await self._hold(intent, error, clock.now() + wait)
            return
        closed = shut(row, clock.now())
        if closed is not None:
            await self._hold(intent, closed, opens_at(row, clock.now()))
            return
        # The row may have moved since it was read: sent by another process, or lapsed a moment ago.
        if intent.state not in SENDABLE_INTENTS:
            context = await self._context(intent, row, destination)
            if await looked_up(self.equipment, self.owner, intent, destination, context, self._settled):
                return
        elif await self._is_pointless(intent):
            return
        claimed = await ledger.claim(intent.intent_key, self.owner, self._policy.lease_seconds, clock.now())
        if claimed is not None:
            await self._send(claimed, destination, row)

    @property
    def _policy(self) -> DeliveryPolicy:
        return self.equipment.configuration.delivery

    async def _hold(self, intent: Intent, error: PipelineError, until: datetime | None) -> None:
        """Put a sendable intent off. A parked one that waits long enough already is left alone."""
        if intent.state not in SENDABLE_INTENTS or (intent.state is IntentState.PARKED and intent.cause == error.cause):
            return
        now = self.equipment.clock.now()
        put_off = settlement(intent, self.owner, IntentState.PARKED, now, "held", error=error, next_attempt_at=until)
        await self._settled(put_off)

    async def _is_pointless(self, intent: Intent) -> bool:
        """End an intent that time or a failed first half has overtaken."""
        now = self.equipment.clock.now()
        first = self._of_record(intent.after) if intent.after is not None else ()
        if first and all(other.state in NEVER_DONE for other in first):
            error = PipelineError(
                FailureClass.DESTINATION_REJECTED,
                f"Intent {intent.intent_key[:12]} completes a write that was not made, so it was not sent.",
                "Settle the first write, then replay.",
            )
            end = IntentState.REJECTED if intent.state is IntentState.PLANNED else IntentState.DEAD_LETTER
            await self._settled(settlement(intent, self.owner, end, now, "pointless", error=error))
            return True
        reason = too_late(intent, now, self.equipment.configuration.art.timeliness)
        if reason is not None:
            late = PipelineError(
                FailureClass.DESTINATION_REJECTED, f"It was too late to write it ({reason}).", "Nothing."
            )
            await self._settled(settlement(intent, self.owner, IntentState.EXPIRED, now, "too late", error=late))
        return reason is not None

    async def _taken_over(self, intent_key: str, error: PipelineError) -> Intent:
        """The row as whoever took it over left it. A process that stood still too long has no say any more."""
        if error.failure_class is FailureClass.INTERNAL_ERROR:
            meeting_id = self.known[intent_key].meeting_id
            for row in await self.equipment.ledger.intents(meeting_id=meeting_id):
                if row.intent_key == intent_key and row.lease_owner != self.owner:
                    return row
        raise error

    def _of_record(self, record_key: str | None) -> tuple[Intent, ...]:
        return tuple(self.known[key] for key in self._records.get(record_key or "", ()))

    def learn(self, rows: Iterable[Intent]) -> None:
        """Take in rows of meetings as they were read; what this process has known since is newer."""
        for row in rows:
            held = self.known.get(row.intent_key)
            if (
                held is None
                or held.updated_at is None
                or (row.updated_at is not None and row.updated_at > held.updated_at)
            ):
                self._remember(row)

    def _remember(self, intent: Intent) -> None:
        self.known[intent.intent_key] = intent
        self._records.setdefault(intent.record_key, set()).add(intent.intent_key)
        if intent.operation == "set_field" and intent.receipt and intent.receipt.get("stamp"):
            self._stamps.setdefault(_aimed(intent), set()).add(str(intent.receipt["stamp"]))

    async def _context(self, intent: Intent, row: DestinationRow, destination: Destination) -> Context:
        """What the destination has to know beside the intent; the embedded store remembers all of it by itself."""
        if destination.family is Family.EMBEDDED:
            return Context(fresh=not row.look_first)
        others = [other for other in self._of_record(intent.record_key) if other.intent_key != intent.intent_key]
        if others:
            # Another process may have worked on them meanwhile.
            rows = await self.equipment.ledger.intents(meeting_id=intent.meeting_id)
            for each in rows:
                self._remember(each)
            others = [other for other in self._of_record(intent.record_key) if other.intent_key != intent.intent_key]
        # Where a move leaves the old record behind, that one is withdrawn, and this is another record.
        moves = (await destination.capability(intent.operation)).moves
        confirmed = [
            other
            for other in others
            if other.state is IntentState.CONFIRMED and (moves or dict(other.target) == dict(intent.target))
        ]
        first = (
            [one for one in self._of_record(intent.after) if one.state is IntentState.CONFIRMED] if intent.after else []
        )
        written, stamps = None, frozenset[str]()
        if intent.operation == "set_field":
            stamps = frozenset(self._stamps.get(_aimed(intent), ()))
            found = (await self.equipment.ledger.fields_written([field_key(intent)])).get(field_key(intent))
            written = found.value_digest if found is not None else None
        returns = 0
        if confirmed:
            before = await self.equipment.ledger.attempts(intent.intent_key)
            returns = sum(attempt.outcome in ("accepted", "found") for attempt in before)
        return Context(
            prior=confirmed[-1] if confirmed else None,
            after=first[-1].receipt if first else None,
            fresh=not others and intent.attempts <= 1 and not row.look_first,
            stamps=stamps,
            written=written,
            returns=returns,
        )

    async def _send(self, intent: Intent, destination: Destination, row: DestinationRow) -> None:
        clock, policy = self.equipment.clock, self._policy
        started, claimed_at = clock.monotonic(), clock.now()
        try:
            context = await self._context(intent, row, destination)
            await self._guard.check(intent, destination)
            # A process may stand still between claiming and sending; with no time left, somebody else may be sending. Asked
            # again by the client right before a request that writes leaves, because reading comes before it.
            send_by = claimed_at + timedelta(seconds=policy.lease_margin_seconds)
            if clock.now() > send_by:
                cause = f"The lease of intent {intent.intent_key[:12]} ran short before it was sent, so it was not."
                raise Refusal(FailureClass.DESTINATION_UNAVAILABLE, cause, code=LATE)
            async with asyncio.timeout(policy.send_timeout_seconds):
                receipt = await destination.send(intent, replace(context, send_by=send_by))
        except TimeoutError:
            unanswered = PipelineError(
                FailureClass.DELIVERY_UNCERTAIN,
                f"{destination.name} did not answer intent {intent.intent_key[:12]} within "
                f"{policy.send_timeout_seconds:g} s, so it may or may not have been applied.",
            )
            await self._failed(intent, destination, unanswered, started)
        except PipelineError as error:
            told = error
            if isinstance(error, Refusal) and error.code == GONE:
                told = await refuse_mass_disappearance(self.equipment, destination, error)
            await self._failed(intent, destination, told, started)
        else:
            now, seconds = clock.now(), round(clock.monotonic() - started, 4)
            done = settlement(
                intent,
                self.owner,
                IntentState.CONFIRMED,
                now,
                "accepted",
                receipt=receipt,
                next_attempt_at=await quiet_until(intent, destination, policy, now),
                seconds=seconds,
            )
            await self._settled(done, intent)

    async def _failed(self, intent: Intent, destination: Destination, error: PipelineError, started: float) -> None:
        clock, policy = self.equipment.clock, self._policy
        now = clock.now()
        switch = parking(destination.name, error, now)
        if switch is not None:
            await self.equipment.ledger.switch(switch)
            self.equipment.gate.forget()
        state = state_after(error, intent, policy)
        until = now + wait_after(error, intent, policy, clock.random()) if state in WAITING else None
        if switch is not None:
            # Without credentials a person has to act; nothing is gained by asking by the clock.
            until = switch.until
        if state is IntentState.UNCERTAIN and until is not None:
            until = first_look(error, intent, await destination.capability(intent.operation), policy, now, until)
        seconds = round(clock.monotonic() - started, 4)
        ended = settlement(
            intent,
            self.owner,
            state,
            now,
            error.failure_class.value,
            error=error,
            next_attempt_at=until,
            seconds=seconds,
        )
        await self._settled(ended, intent)

    async def _settled(self, ended: Settlement, intent: Intent | None = None) -> Intent:
        """Store an outcome; a confirmed field update leaves its value behind in the same transaction."""
        ledger = self.equipment.ledger
        try:
            if intent is not None and intent.operation == "set_field" and ended.state is IntentState.CONFIRMED:
                row = await ledger.settle_field(ended, field_written(intent, ended.receipt))
            else:
                row = await ledger.settle(ended)
        except PipelineError as error:
            row = await self._taken_over(ended.intent_key, error)
        self._remember(row)
        return row


def _aimed(intent: Intent) -> tuple[str, bytes]:
    return intent.destination, canonical_json(dict(intent.target))
