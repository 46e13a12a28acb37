"""What would be written for a meeting, without writing it.

What belongs here: the planned writes of the stored artifact, readable. What does not: sending.
"""

from __future__ import annotations

from collections.abc import Mapping

from artifact_assets.domain.exchange import Context, Standing, Verdict
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.records import Intent, IntentPlan, Json
from artifact_assets.domain.states import IntentState, Stage
from artifact_assets.stages.case import Case
from artifact_assets.stages.delivered import planned_writes
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.reading_back import stored_case

SHOWN = ("create_task", "add_note", "set_field", "add_tag")


async def preview(equipment: Equipment, meeting_id: str) -> list[Json]:
    """One row per write that delivery would make now: operation, record, content and whether it was made already."""
    case = await stored_case(equipment, meeting_id)
    if case is None or Stage.VALIDATED not in case.documents:
        return []
    return await _rows(case)


async def _rows(case: Case) -> list[Json]:
    known = {intent.intent_key: intent for intent in case.opened.intents}
    artifact = await case.artifact()
    rows = [await _row(case, plan, known) for plan in await planned_writes(case, artifact)]
    watched = [await _row(case, plan, known) for plan in await planned_writes(case, artifact, observed=True)]
    return rows + [{**row, "state": "observed"} for row in watched]


async def _row(case: Case, plan: IntentPlan, known: Mapping[str, Intent]) -> Json:
    recorded = known.get(plan.intent_key)
    standing = await _standing(case, plan, known)
    return {
        "operation": plan.operation,
        "destination": plan.destination,
        "on": f"{plan.target['object']} {plan.target.get('id') or plan.target.get('key') or '?'}",
        "what": _what(plan),
        "item_id": plan.item_id,
        "idempotency_key": plan.intent_key,
        "state": recorded.state.value if recorded is not None else "new",
        "needs": "approval" if plan.state is IntentState.AWAITING_REVIEW else plan.cause,
        "would": standing.verdict.value if standing is not None else None,
        "before": standing.before if standing is not None else None,
        "after": standing.after if standing is not None else None,
    }


def _what(plan: IntentPlan) -> str:
    told = plan.payload
    if "of" in told:
        return "which puts it there"
    shown = told.get("title") or told.get("body") or told.get("tag") or f"{told.get('field')} = {told.get('value')}"
    return str(shown)


async def _standing(case: Case, plan: IntentPlan, known: Mapping[str, Intent]) -> Standing | None:
    """What the write would do to its record now; None where there is none to look at."""
    if plan.state is IntentState.REJECTED or plan.operation not in SHOWN:
        return None
    same = [i for i in known.values() if i.record_key == plan.record_key and i.state is IntentState.CONFIRMED]
    context = Context(prior=same[-1] if same else None)
    try:
        return await case.equipment.destinations[plan.destination].standing(Intent(**vars(plan)), context)
    except PipelineError:
        # A dry run is told what would be tried even when the destination cannot be asked.
        return Standing(Verdict.UNKNOWN)
