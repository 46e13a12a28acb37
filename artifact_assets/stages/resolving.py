"""What a person may do to writes: settle one, approve some, take a meeting's back, open a destination again.

What belongs here: the moves a person makes, each recorded with who and why. What does not: commands that read them from the
terminal.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from artifact_assets.domain.destination import Receipt
from artifact_assets.domain.exchange import Switch, SwitchState
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Intent, Intervention
from artifact_assets.domain.states import IntentState, may_follow
from artifact_assets.stages.delivery import Delivery
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.outcomes import settlement
from artifact_assets.stages.withdrawing import WITHDRAW, withdrawal_of


class Decision(StrEnum):
    """What a person found out about a write."""

    LANDED = "landed"
    AGAIN = "again"
    DROP = "drop"


_BECOMES = {
    Decision.LANDED: IntentState.CONFIRMED,
    Decision.AGAIN: IntentState.PLANNED,
    Decision.DROP: IntentState.WITHDRAWN,
}


async def resolve(
    equipment: Equipment, key: str, decision: Decision, who: str, why: str, record_id: str | None = None
) -> Intent:
    """Settle one write by hand; ``key`` may be shortened. Raises PipelineError(unreadable_input) when it cannot be."""
    intent = await _one(equipment, key)
    if intent.payload.get("erased"):
        raise _refused(intent, "belongs to a meeting whose words went, on request or by retention")
    wanted = _BECOMES[decision]
    owner, now = f"person:{who}", equipment.clock.now()
    if intent.state is IntentState.UNCERTAIN:
        lease = equipment.configuration.delivery.lease_seconds
        if await equipment.ledger.claim_lookup(intent.intent_key, owner, lease, now) is None:
            raise _refused(intent, "is being looked up right now")
        if decision is not Decision.LANDED:
            # A person's word is the look-up; from there on it is a write like any other.
            await equipment.ledger.settle(
                settlement(intent, owner, IntentState.DEAD_LETTER, now, f"by hand: {decision}")
            )
            intent = await _one(equipment, intent.intent_key)
    if not may_follow(intent.state, wanted):
        raise _refused(intent, f"is {intent.state} and cannot become {wanted}")
    receipt = Receipt(record_id or "unknown") if decision is Decision.LANDED else None
    row = await equipment.ledger.settle(settlement(intent, owner, wanted, now, f"by hand: {decision}", receipt=receipt))
    await _recorded(equipment, f"deliveries {decision}", who, why, (row,))
    return row


async def approve(equipment: Equipment, keys: Iterable[str], who: str, why: str) -> tuple[Intent, ...]:
    """Let writes go that waited for a person."""
    rows: list[Intent] = []
    for key in keys:
        intent = await _one(equipment, key)
        if intent.state is not IntentState.AWAITING_REVIEW:
            raise _refused(intent, f"is {intent.state} and waits for nobody")
        approved = settlement(intent, f"person:{who}", IntentState.PLANNED, equipment.clock.now(), "approved")
        rows.append(await equipment.ledger.settle(approved))
    await _recorded(equipment, "deliveries approve", who, why, rows)
    return tuple(rows)


async def revert(equipment: Equipment, owner: str, meeting_id: str, who: str, why: str) -> tuple[Intent, ...]:
    """Take back what the meeting wrote and is still ours; the rows of the withdrawals, each with what came of it.

    What was taken back is ``withdrawn`` and is not written again by a replay.
    """
    ledger, clock = equipment.ledger, equipment.clock
    rows = await ledger.intents(meeting_id=meeting_id)
    ours = [row for row in rows if row.state is IntentState.CONFIRMED and not row.operation.startswith(WITHDRAW)]
    plans = [plan for row in reversed(ours) if (plan := withdrawal_of(row, equipment.tenant)) is not None]
    intents = await ledger.plan(tuple(plans), clock.now())
    await Delivery(equipment, owner, {row.intent_key: row for row in rows}).work_off(intents)
    done = {row.intent_key: row for row in await ledger.intents(meeting_id=meeting_id)}
    for plan in plans:
        back, before = done[plan.intent_key], done[str(plan.payload["withdraws"])]
        taken = back.state is IntentState.CONFIRMED and (back.receipt or {}).get("applied", True)
        if taken and may_follow(before.state, IntentState.WITHDRAWN):
            await ledger.settle(settlement(before, owner, IntentState.WITHDRAWN, clock.now(), "reverted"))
    for row in rows:
        if row.state is not IntentState.CONFIRMED and may_follow(row.state, IntentState.WITHDRAWN):
            await ledger.settle(settlement(row, owner, IntentState.WITHDRAWN, clock.now(), "reverted"))
    result = tuple(done[plan.intent_key] for plan in plans)
    await _recorded(equipment, "deliveries revert", who, why, result, meeting_id)
    return result


async def switch(equipment: Equipment, name: str, state: SwitchState, who: str, why: str) -> int:
    """Pause a destination, or open it and let what it held go; returns how many writes that were."""
    ledger, now = equipment.ledger, equipment.clock.now()
    destination = equipment.destinations.get(name)
    if destination is not None and name not in {row.name for row in await ledger.destination_rows()}:
        await ledger.meet(name, destination.vendor, await destination.account(), now)
    await ledger.switch(Switch(name, state, now, who, why))
    equipment.gate.forget()
    await ledger.intervene(Intervention(now, who, why, f"destinations {state}", details={"destination": name}))
    if state is not SwitchState.OPEN:
        return 0
    held = [row for row in await ledger.intents(state=IntentState.PARKED) if row.destination == name]
    for row in held:
        await ledger.settle(settlement(row, f"person:{who}", IntentState.PLANNED, now, "resumed"))
    return len(held)


async def _one(equipment: Equipment, key: str) -> Intent:
    found = [row for row in await equipment.ledger.intents() if row.intent_key.startswith(key)] if key else []
    if len(found) != 1:
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            f"{len(found)} writes have a key that starts with {key!r}, so nothing was changed.",
            "See `deliveries` for the keys.",
        )
    return found[0]


async def _recorded(
    equipment: Equipment, action: str, who: str, why: str, rows: Iterable[Intent], meeting_id: str | None = None
) -> None:
    keys = [row.intent_key for row in rows]
    first = next(iter(rows), None)
    about = meeting_id or (first.meeting_id if first is not None else None)
    await equipment.ledger.intervene(
        Intervention(equipment.clock.now(), who, why, action, meeting_id=about, details={"intents": keys})
    )


def _refused(intent: Intent, problem: str) -> PipelineError:
    return PipelineError(
        FailureClass.UNREADABLE_INPUT,
        f"Write {intent.intent_key[:12]} of {intent.meeting_id} {problem}, so nothing was changed.",
        "See `deliveries` for its state.",
    )
