"""Records of ours that are gone: a person's deletion, or a destination that is not what it was.

What belongs here: telling the two apart. What does not: what a deletion means for one write (see ``delivery``).

One record gone is a deletion, kept as a tombstone and never written again. Many gone at once are no decision of a person
about each: an account was reset, or a restore, or other credentials. Then everything stops until somebody looked.
"""

from __future__ import annotations

from artifact_assets.domain.destination import Destination
from artifact_assets.domain.exchange import Switch, SwitchState
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.states import IntentState
from artifact_assets.stages.equipment import Equipment

SAMPLE = 8
ENOUGH = 3
"""So many gone records are no coincidence, when they are also the larger part of a sample."""
CREATING = frozenset({"create_task", "add_note"})


def is_mass(gone: int, looked_at: int) -> bool:
    """Whether so many of the records looked at are gone that nobody deleted them one by one."""
    return gone >= ENOUGH and 2 * gone > looked_at


async def refuse_mass_disappearance(
    equipment: Equipment, destination: Destination, error: PipelineError
) -> PipelineError:
    """``error`` when its record alone is gone; else the destination is stopped and the write waits."""
    confirmed = await equipment.ledger.intents(state=IntentState.CONFIRMED)
    sample = [i for i in confirmed if i.destination == destination.name and i.operation in CREATING][-SAMPLE:]
    try:
        gone = sum([not await destination.written(intent) for intent in sample])
    except PipelineError as unreadable:
        return PipelineError(FailureClass.DESTINATION_UNAVAILABLE, unreadable.cause, unreadable.remedy)
    if not is_mass(gone, len(sample)):
        return error
    await trip(equipment, destination.name, gone, len(sample))
    return PipelineError(
        FailureClass.DESTINATION_UNAVAILABLE,
        f"{gone} of {len(sample)} confirmed records are gone at {destination.name} at once, so nothing is sent to it.",
        f"Find out what happened there, then `destinations resume {destination.name} --why TEXT` or `deliveries reconcile`.",
    )


async def trip(equipment: Equipment, name: str, gone: int, looked_at: int) -> None:
    """Stop a destination until a person resumes it."""
    why = f"{gone} of {looked_at} confirmed records were gone at once"
    now = equipment.clock.now()
    await equipment.ledger.switch(Switch(name, SwitchState.TRIPPED, now, "pipeline", why))
    equipment.gate.forget()
