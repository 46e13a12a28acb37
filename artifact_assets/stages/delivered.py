"""Stage 5, delivered: accepted items written to their destination, exactly once in effect.

What belongs here: recording what will be written, having it worked off, and saying how the meeting ended. What does not:
the order of claim, send and settle (see ``delivery``).

This stage has no checkpoint: it runs every time, and the intents decide that nothing is left to do.
"""

from __future__ import annotations

from datetime import datetime

from artifact_assets.domain.art.codes import Code, state_of
from artifact_assets.domain.art.timeliness import judge_timeliness
from artifact_assets.domain.artifact import Artifact, ItemState
from artifact_assets.domain.documents import canonical_json
from artifact_assets.domain.failures import Deferral, FailureClass, PipelineError
from artifact_assets.domain.records import CheckResult, Counts, Intent, IntentPlan, Json
from artifact_assets.domain.routes import Mode
from artifact_assets.domain.states import OPEN_INTENTS, IntentState, MeetingState, Stage
from artifact_assets.stages.case import Case
from artifact_assets.stages.delivery import Delivery
from artifact_assets.stages.desks import addressed, circumstances, desk_for, ways_of
from artifact_assets.stages.planning import Circumstances, plan_writes
from artifact_assets.stages.retracting import retire, retracted
from artifact_assets.stages.stage import Outcome, StageWork
from artifact_assets.stages.withdrawing import WITHDRAW, moved


async def _components(case: Case) -> Json:
    """Not a key, this stage runs every time; but what a later look compares to say whether delivery is stale."""
    return {
        "artifact": case.documents[Stage.VALIDATED],
        "sidecar": case.meeting.sidecar_digest,
        **addressed(case.equipment, await circumstances(case)),
    }


async def planned_writes(case: Case, artifact: Artifact, *, observed: bool = False) -> tuple[IntentPlan, ...]:
    """Every write the meeting's artifact asks for now; with ``observed`` those of routes that only watch instead.

    Where the policy wants it, what was written for superseded items is taken back, at the end.
    """
    equipment, about = case.equipment, await circumstances(case)
    plans: list[IntentPlan] = []
    for way in ways_of(equipment, about):
        if (way.mode is Mode.OBSERVE) is observed:
            desk = await desk_for(case, artifact, about, way)
            wanted = plan_writes(artifact, about, desk)
            plans += moved(wanted, case.opened.intents, desk.capabilities, desk.tenant) if desk.mapping else wanted
    if not observed and equipment.configuration.delivery.no_longer_wanted == "withdraw":
        plans += retracted(artifact, plans, case.opened.intents, equipment.tenant)
    return tuple(plans)


async def expected_intents(case: Case, artifact: Artifact) -> tuple[Intent, ...]:
    """The recorded intents of the writes the artifact asks for now; writes never planned are left out."""
    known = {intent.intent_key: intent for intent in case.opened.intents}
    return tuple(known[p.intent_key] for p in await planned_writes(case, artifact) if p.intent_key in known)


async def _perform(case: Case) -> Outcome:
    equipment, artifact = case.equipment, await case.artifact()
    now = equipment.clock.now()
    worthwhile, expired = by_time(case, artifact, (await case.transcript()).started_at)
    plans = await planned_writes(case, worthwhile)
    wanted = {plan.record_key for plan in plans}
    unwanted = tuple({intent.record_key for intent in case.opened.intents} - wanted)
    intents = await equipment.ledger.plan(plans, now, withdrawing=unwanted) if plans or unwanted else ()
    known = {intent.intent_key: intent for intent in case.opened.intents}
    delivery = Delivery(equipment, case.owner, known)
    await delivery.work_off(intents)
    await retire(case, intents)
    # What this walk brought to an end is known; what is still open, others may have worked on meanwhile.
    settled = delivery.known
    if any(settled[plan.intent_key].state in OPEN_INTENTS for plan in plans):
        rows = await equipment.ledger.intents(meeting_id=artifact.meeting_id)
        settled = {intent.intent_key: intent for intent in rows}
    current = tuple(settled[plan.intent_key] for plan in plans)
    _raise_when_open(case, current)
    document = await equipment.store.put(canonical_json([_receipt(intent) for intent in current]))
    state, cause = ending(worthwhile, current, expired)
    untimed = len(worthwhile.quarantined) - len(artifact.quarantined)
    if untimed:
        cause = (
            f"{cause or ''} {untimed} of the items wait for the meeting's time: give started_at in its sidecar.".strip()
        )
    if not current and state is MeetingState.DELIVERED:
        cause = _watched(case, await circumstances(case)) or cause
    placed = {plan.item_id for plan in plans}
    unmapped = sum(item.item_id not in placed for item in worthwhile.accepted) if plans else 0
    if unmapped and state is MeetingState.DELIVERED:
        told = f"{unmapped} items have no place at their destination by its mapping and were left out."
        cause = f"{cause} {told}" if cause else told
    return Outcome(
        document=document,
        state=state,
        cause=cause,
        counts=counts(worthwhile, current),
        metadata={
            "outcome": state.value,
            "cause": cause,
            **tally(current),
            "expired": expired,
            "unmapped": unmapped,
            "document": equipment.store.location(document),
        },
        checks=(delivered_once(current),),
    )


def _raise_when_open(case: Case, intents: tuple[Intent, ...]) -> None:
    """Defer the meeting while a write still waits: its next attempt is known."""
    waiting = [intent for intent in intents if intent.state in OPEN_INTENTS]
    if not waiting:
        return
    now = case.equipment.clock.now()
    # The second half of a write has no time of its own.
    halves = {intent.record_key for intent in waiting}
    waiting = [intent for intent in waiting if intent.after not in halves]
    first = min(waiting, key=lambda intent: intent.next_attempt_at or now)
    failure = first.failure_class or FailureClass.DELIVERY_UNCERTAIN
    done = sum(intent.state not in OPEN_INTENTS for intent in intents)
    raise Deferral(
        PipelineError(
            failure,
            f"{len(intents) - done} of {len(intents)} writes of {case.meeting.meeting_id} to {first.destination} wait "
            f"({first.state}), {done} are done.",
        ),
        first.next_attempt_at or now,
    )


def _watched(case: Case, about: Circumstances) -> str | None:
    """What is said of a meeting whose routes only watch."""
    names = [way.destination for way in ways_of(case.equipment, about) if way.mode is Mode.OBSERVE]
    return f"Only observed for {', '.join(names)}, nothing was written." if names else None


def counts(artifact: Artifact, intents: tuple[Intent, ...]) -> Counts:
    """Items by fate."""
    return Counts(
        items=sum(item.state not in (ItemState.SUPERSEDED, ItemState.REJECTED) for item in artifact.items),
        quarantined=len(artifact.quarantined),
        delivered=len(
            {i.item_id for i in intents if not i.operation.startswith(WITHDRAW)}
            - {i.item_id for i in intents if i.state is not IntentState.CONFIRMED}
        ),
    )


def by_time(case: Case, artifact: Artifact, started_at: datetime | None) -> tuple[Artifact, int]:
    """The artifact without the accepted items that are not worth delivering now, and how many those are.

    What is delivered already stays so: a replay much later changes nothing. A meeting that lies in the future has a wrong
    clock, and nothing of it can be trusted to be newer than what is there.
    """
    now, policy = case.equipment.clock.now(), case.equipment.configuration.art.timeliness
    there = {intent.item_id for intent in case.opened.intents if intent.state is IntentState.CONFIRMED}
    untimely = {
        item.item_id: failures
        for item in artifact.accepted
        if item.item_id not in there and (failures := judge_timeliness(started_at, item.content, now, policy))
    }
    ahead = [f for failures in untimely.values() for f in failures if f.code == Code.MEETING_IN_FUTURE]
    if ahead:
        return artifact.model_copy(update={"failures": (*artifact.failures, ahead[0])}), 0
    becomes = {item_id: state_of(failures) for item_id, failures in untimely.items()}
    kept = tuple(
        item.model_copy(update={"state": becomes[item.item_id]}) if item.item_id in becomes else item
        for item in artifact.items
    )
    expired = sum(state is ItemState.EXPIRED for state in becomes.values())
    return artifact.model_copy(update={"items": kept}), expired


def ending(artifact: Artifact, intents: tuple[Intent, ...], expired: int) -> tuple[MeetingState, str | None]:
    """The state a meeting ends in, and why when it is not plainly delivered. ``expired`` counts items of the past."""
    if artifact.failures:
        codes = ", ".join(sorted({failure.code for failure in artifact.failures}))
        return MeetingState.QUARANTINED, f"The artifact was withheld ({codes}), nothing was written."
    done = (IntentState.CONFIRMED, IntentState.EXPIRED)
    refused = [intent for intent in intents if intent.state not in done]
    held = len(artifact.quarantined)
    if refused and all(intent.state is IntentState.AWAITING_REVIEW for intent in refused) and not held:
        return (
            MeetingState.AWAITING_REVIEW,
            f"{_some(len(refused), 'write waits', 'writes wait')} for a person's approval.",
        )
    if refused or held:
        reasons = sorted({intent.state.value for intent in refused})
        told = [f"{_some(held, 'item', 'items')} quarantined"] if held else []
        told += [f"{_some(len(refused), 'write', 'writes')} {'/'.join(reasons)}"] if refused else []
        return MeetingState.PARTIALLY_DELIVERED, "; ".join(told) + "."
    if expired and not intents:
        return (
            MeetingState.EXPIRED,
            f"{_some(expired, 'item, and it is', 'items, all')} too old to be worth a person's time.",
        )
    return (
        MeetingState.DELIVERED,
        f"{_some(expired, 'item was', 'items were')} left out as too old." if expired else None,
    )


def _some(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def tally(intents: tuple[Intent, ...]) -> Json:
    """Writes by state and by operation."""
    return {
        "writes": len(intents),
        "confirmed": sum(intent.state is IntentState.CONFIRMED for intent in intents),
        "refused": sum(intent.state in (IntentState.REJECTED, IntentState.DEAD_LETTER) for intent in intents),
        "conflicts": sum(intent.state is IntentState.CONFLICT for intent in intents),
        "attempts": sum(intent.attempts for intent in intents),
        "destinations": ", ".join(sorted({intent.destination for intent in intents})) or None,
    }


def delivered_once(intents: tuple[Intent, ...]) -> CheckResult:
    """Whether every write has exactly one confirmed intent with a receipt, and no two share a record key."""
    confirmed = [intent for intent in intents if intent.state is IntentState.CONFIRMED]
    without_receipt = sum(intent.receipt is None for intent in confirmed)
    doubled = len(intents) - len({intent.record_key for intent in intents})
    missing = len(intents) - len(confirmed)
    return CheckResult(
        "delivered_once",
        passed=not (without_receipt or doubled or missing),
        metadata={
            "writes": len(intents),
            "confirmed": len(confirmed),
            "missing": missing,
            "doubled": doubled,
            "without_receipt": without_receipt,
        },
    )


def _receipt(intent: Intent) -> Json:
    return {
        "intent": intent.intent_key,
        "item": intent.item_id,
        "destination": intent.destination,
        "operation": intent.operation,
        "state": intent.state.value,
        "receipt": dict(intent.receipt) if intent.receipt is not None else None,
    }


DELIVERED = StageWork(Stage.DELIVERED, "1", _components, _perform, reusable=False)
