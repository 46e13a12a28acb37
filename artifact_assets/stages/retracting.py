"""Taking back what was written for items that a later extraction no longer finds, where the policy wants that.

What belongs here: which confirmed writes that concerns, and their end once they were taken back. What does not: the
withdrawal itself (see ``withdrawing``) and sending it (see ``delivery``).

Only items the rules call superseded, and only of an artifact that stands: an extraction that fails as a whole, a changed
mapping or the passing of time must not empty a person's records.
"""

from __future__ import annotations

from collections.abc import Iterable

from artifact_assets.domain.artifact import Artifact, ItemState
from artifact_assets.domain.records import Intent, IntentPlan
from artifact_assets.domain.states import IntentState, may_follow
from artifact_assets.stages.case import Case
from artifact_assets.stages.outcomes import settlement
from artifact_assets.stages.withdrawing import WITHDRAW, withdrawal_of


def retracted(
    artifact: Artifact, plans: Iterable[IntentPlan], known: Iterable[Intent], tenant: str
) -> tuple[IntentPlan, ...]:
    """Withdrawals of what stands at a destination for superseded items; the newest write first."""
    if artifact.failures:
        return ()
    gone = {item.item_id for item in artifact.items if item.state is ItemState.SUPERSEDED}
    wanted = {plan.record_key for plan in plans}
    known = tuple(known)
    # Taken back once, and that was reverted by a person: it stays.
    kept = {str(i.payload.get("withdraws")) for i in known if i.state is IntentState.WITHDRAWN}
    standing = [
        intent
        for intent in known
        if intent.item_id in gone
        and intent.state is IntentState.CONFIRMED
        and intent.record_key not in wanted
        and intent.intent_key not in kept
        and not intent.operation.startswith(WITHDRAW)
    ]
    return tuple(plan for intent in reversed(standing) if (plan := withdrawal_of(intent, tenant)) is not None)


async def retire(case: Case, intents: Iterable[Intent]) -> None:
    """End the writes that were taken back: found again by a later extraction, they are written again."""
    ledger, before = case.equipment.ledger, {intent.intent_key: intent for intent in case.opened.intents}
    intents = tuple(intents)
    # What was only moved to another record is wanted: writing it there ends the earlier write.
    wanted = {intent.record_key for intent in intents}
    backs = [
        intent
        for intent in intents
        if intent.operation.startswith(WITHDRAW)
        and (first := before.get(str(intent.payload.get("withdraws")))) is not None
        and first.record_key not in wanted
    ]
    if not backs:
        return
    rows = {row.intent_key: row for row in await ledger.intents(meeting_id=case.meeting.meeting_id)}
    for back in backs:
        now, first = rows[back.intent_key], rows[str(back.payload["withdraws"])]
        taken = now.state is IntentState.CONFIRMED and (now.receipt or {}).get("applied", True)
        if taken and first.state is IntentState.CONFIRMED and may_follow(first.state, IntentState.SUPERSEDED):
            at = case.equipment.clock.now()
            await ledger.settle(settlement(first, case.owner, IntentState.SUPERSEDED, at, "taken back"))
