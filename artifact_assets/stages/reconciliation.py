"""Counting the ledger against a destination: what is missing, what is there twice, what somebody changed.

What belongs here: the count, and adopting it after a restore. What does not: repairing anything at a destination.
"""

from __future__ import annotations

from collections.abc import Sequence

from artifact_assets.domain.destination import Destination, Receipt
from artifact_assets.domain.exchange import Counted
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.records import Intent, Repair
from artifact_assets.domain.states import SENDABLE_INTENTS, IntentState
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.outcomes import settlement
from artifact_assets.stages.vanishing import CREATING, is_mass, trip


async def reconcile(
    equipment: Equipment, owner: str, *, only: str | None = None, adopt: bool = False, at_most: int | None = None
) -> tuple[Counted, ...]:
    """One count per destination; many records missing at once stop it. One that cannot be asked holds up no other.

    ``at_most`` bounds the look-ups at one destination to its newest confirmed writes: each is a request of its quota.
    ``adopt`` also looks every unsent write up, takes over those found, and ends the look-first rule of a restored ledger.
    """
    intents = await equipment.ledger.intents()
    counted: list[Counted] = []
    for name, destination in sorted(equipment.destinations.items()):
        if only in (None, name):
            own = [intent for intent in intents if intent.destination == name]
            try:
                counted.append(await _count(equipment, owner, destination, own, adopt=adopt, at_most=at_most))
            except PipelineError as error:
                counted.append(Counted(name, confirmed=len(_made(own)), cause=error.cause))
    for count in counted:
        await _note_repairs(equipment, count)
    return tuple(counted)


async def _note_repairs(equipment: Equipment, counted: Counted) -> None:
    """Remember what people edited and deleted, for the metric of that name. A whole account gone is nobody's repair."""
    if counted.tripped:
        return
    now = equipment.clock.now()
    edited = [Repair(key, "edited", now) for key in counted.changed]
    await equipment.ledger.note_repairs([*edited, *(Repair(key, "deleted", now) for key in counted.missing)])


async def _count(
    equipment: Equipment,
    owner: str,
    destination: Destination,
    intents: Sequence[Intent],
    *,
    adopt: bool,
    at_most: int | None,
) -> Counted:
    confirmed = _made(intents)
    counts = {operation: (await destination.capability(operation)).countable for operation in CREATING}
    every = [intent for intent in confirmed if counts[intent.operation]]
    countable = every if at_most is None else every[-at_most:]
    found, missing, duplicates, changed, unreadable = 0, list[str](), list[str](), list[str](), list[str]()
    for intent in countable:
        try:
            there = await destination.written(intent)
        except PipelineError:
            unreadable.append(intent.intent_key)
            continue
        found += len(there)
        if not there:
            missing.append(intent.intent_key)
        elif len(there) > 1:
            duplicates.append(intent.intent_key)
        elif not all(one.same for one in there):
            changed.append(intent.intent_key)
    tripped = is_mass(len(missing), len(countable))
    if tripped:
        await trip(equipment, destination.name, len(missing), len(countable))
    adopted = await _adopt(equipment, owner, destination, intents) if adopt and not tripped else []
    return Counted(
        destination.name,
        confirmed=len(confirmed),
        found=found,
        missing=tuple(missing),
        duplicates=tuple(duplicates),
        changed=tuple(changed),
        adopted=tuple(adopted),
        unreadable=tuple(unreadable),
        uncountable=len(confirmed) - len(every),
        left_out=len(every) - len(countable),
        tripped=tripped,
    )


def _made(intents: Sequence[Intent]) -> list[Intent]:
    """Confirmed writes that created a record, oldest first."""
    return [intent for intent in intents if intent.state is IntentState.CONFIRMED and intent.operation in CREATING]


async def _adopt(equipment: Equipment, owner: str, destination: Destination, intents: Sequence[Intent]) -> list[str]:
    """Confirm unsent writes whose record is at the destination already."""
    policy, clock, adopted = equipment.configuration.delivery, equipment.clock, list[str]()
    for intent in intents:
        if intent.state not in SENDABLE_INTENTS or intent.operation not in CREATING:
            continue
        there = await destination.written(intent)
        if len(there) != 1 or not there[0].same:
            continue
        held = await equipment.ledger.claim(intent.intent_key, owner, policy.lease_seconds, clock.now())
        if held is not None:
            receipt = Receipt(there[0].record_id, there[0].url)
            await equipment.ledger.settle(
                settlement(held, owner, IntentState.CONFIRMED, clock.now(), "adopted", receipt=receipt)
            )
            adopted.append(intent.intent_key)
    await equipment.ledger.look_first((destination.name,), False)
    return adopted
