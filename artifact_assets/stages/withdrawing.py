"""Taking writes back: from a record they turned out not to belong to, or because a person wants them gone.

What belongs here: the intents that undo confirmed ones. What does not: deciding what is still ours (the destination compares).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from artifact_assets.domain.capabilities import Capability
from artifact_assets.domain.documents import digest_of
from artifact_assets.domain.keys import intent_key, record_key
from artifact_assets.domain.records import Intent, IntentPlan
from artifact_assets.domain.states import IntentState

WITHDRAW = "withdraw_"


def withdrawal_of(intent: Intent, tenant: str) -> IntentPlan | None:
    """The write that takes ``intent`` back; None when it changed nothing."""
    receipt = intent.receipt or {}
    if intent.operation.startswith(WITHDRAW) or not receipt.get("applied", True):
        return None
    if intent.operation == "set_field" and "previous" not in receipt and "record_id" not in receipt:
        return None
    operation = f"{WITHDRAW}{intent.operation}"
    place = f"{operation}:{digest_of(dict(intent.target))[:12]}"
    record = record_key(tenant, intent.destination, intent.account, intent.meeting_id, intent.item_id, place)
    payload = {
        **intent.payload,
        "record_key": intent.record_key,
        "record_id": receipt.get("record_id"),
        "previous": receipt.get("previous"),
        "withdraws": intent.intent_key,
        # Written again and taken back again is another withdrawal.
        "confirmed_at": intent.updated_at.isoformat() if intent.updated_at is not None else None,
    }
    digest = digest_of(payload)
    return IntentPlan(
        intent_key=intent_key(record, intent.target, digest),
        record_key=record,
        meeting_id=intent.meeting_id,
        item_id=intent.item_id,
        destination=intent.destination,
        account=intent.account,
        operation=operation,
        target=intent.target,
        payload=payload,
        payload_digest=digest,
        revision=intent.revision,
        sequence=intent.sequence,
    )


def moved(
    plans: Iterable[IntentPlan], known: Iterable[Intent], capabilities: Mapping[str, Capability], tenant: str
) -> tuple[IntentPlan, ...]:
    """``plans`` with withdrawals before those whose record changed, where writing elsewhere leaves the old one behind."""
    confirmed = {intent.record_key: intent for intent in known if intent.state is IntentState.CONFIRMED}
    all_plans: list[IntentPlan] = []
    for plan in plans:
        before = confirmed.get(plan.record_key)
        stays = before is None or dict(before.target) == dict(plan.target) or plan.state is IntentState.REJECTED
        capability = capabilities.get(plan.operation)
        back = None
        if before is not None and not stays and not (capability is not None and capability.moves):
            back = withdrawal_of(before, tenant)
        if back is not None:
            all_plans.append(back)
        all_plans.append(plan if back is None or plan.after is not None else replace(plan, after=back.record_key))
    return tuple(all_plans)
