"""The difference per record between what was written and what a plan would write.

What belongs here: comparing planned writes with the ledger's intents. What does not: planning (see ``stages.planning``) and
asking destinations. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from artifact_assets.domain.records import Intent, IntentPlan
from artifact_assets.domain.replay import Change, PlannedWrite
from artifact_assets.domain.states import IntentState
from artifact_assets.stages.withdrawing import WITHDRAW

_ENDED = frozenset({IntentState.REJECTED, IntentState.CONFLICT, IntentState.DEAD_LETTER, IntentState.EXPIRED})
_UNSENT = frozenset({IntentState.SUPERSEDED, IntentState.PLANNED, IntentState.RETRY_SCHEDULED, IntentState.PARKED})


def changes_of(plans: Sequence[IntentPlan], known: Iterable[Intent]) -> tuple[PlannedWrite, ...]:
    """One row per record: those planned in their order, then what was written earlier and is not wanted any more."""
    rows, by_key, standing = tuple(known), dict[str, Intent](), dict[str, Intent]()
    for intent in rows:
        by_key[intent.intent_key] = intent
        if intent.state is IntentState.CONFIRMED and not intent.operation.startswith(WITHDRAW):
            standing[intent.record_key] = intent
    planned = [_planned(plan, by_key, standing) for plan in plans]
    # A record that is taken back has its row already.
    wanted = {plan.record_key for plan in plans} | {str(plan.payload.get("record_key")) for plan in plans}
    left = [
        PlannedWrite(
            change=Change.LEFT,
            record_key=intent.record_key,
            item_id=intent.item_id,
            destination=intent.destination,
            operation=intent.operation,
            before=dict(intent.payload),
            before_intent=intent.intent_key,
        )
        for record, intent in standing.items()
        if record not in wanted
    ]
    return (*planned, *left)


def _planned(plan: IntentPlan, by_key: Mapping[str, Intent], standing: Mapping[str, Intent]) -> PlannedWrite:
    withdrawn = by_key.get(str(plan.payload.get("withdraws"))) if plan.operation.startswith(WITHDRAW) else None
    before = withdrawn or standing.get(plan.record_key)
    change, needs = _change(plan, by_key.get(plan.intent_key), before)
    return PlannedWrite(
        change=change,
        record_key=plan.record_key,
        item_id=plan.item_id,
        destination=plan.destination,
        operation=plan.operation,
        before=dict(before.payload) if before is not None else None,
        before_intent=before.intent_key if before is not None else None,
        intent=plan,
        needs=needs,
    )


def _change(plan: IntentPlan, recorded: Intent | None, before: Intent | None) -> tuple[Change, str | None]:
    """What the plan does to the record, and what stands in the way."""
    if recorded is not None and recorded.state not in _UNSENT:
        # The same decision was made before and has its outcome: planning it again changes nothing.
        ended = recorded.state in _ENDED or recorded.state is IntentState.WITHDRAWN
        return Change.SAME, f"decided earlier: {recorded.state}" if ended else None
    if plan.state is IntentState.REJECTED:
        return Change.REFUSED, plan.cause
    if plan.state is IntentState.AWAITING_REVIEW:
        return Change.HELD, plan.cause or "a person's approval"
    if plan.operation.startswith(WITHDRAW):
        return Change.WITHDRAW, None
    return (Change.CREATE if before is None else Change.UPDATE), None


def counted(writes: Iterable[PlannedWrite]) -> dict[str, int]:
    """Writes by change."""
    return dict(sorted(Counter(write.change.value for write in writes).items()))
