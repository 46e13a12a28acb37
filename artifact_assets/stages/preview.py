"""What would be written for a meeting, without writing it.

What belongs here: the planned writes of the stored artifact, readable. What does not: sending.
"""

from __future__ import annotations

from artifact_assets.domain.records import Json
from artifact_assets.domain.states import Stage
from artifact_assets.stages.case import Case
from artifact_assets.stages.delivered import planned_writes
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.reading_back import stored_case


async def preview(equipment: Equipment, meeting_id: str) -> list[Json]:
    """One row per write that delivery would make now: operation, record, content and whether it was made already."""
    case = await stored_case(equipment, meeting_id)
    if case is None or Stage.VALIDATED not in case.documents:
        return []
    return await _rows(case)


async def _rows(case: Case) -> list[Json]:
    known = {intent.intent_key: intent.state.value for intent in case.opened.intents}
    return [
        {
            "operation": plan.operation,
            "destination": plan.destination,
            "on": f"{plan.target['object']} {plan.target.get('id') or plan.target.get('key')}",
            "what": plan.payload.get("title")
            or plan.payload.get("body")
            or plan.payload.get("tag")
            or f"{plan.payload.get('field')} = {plan.payload.get('value')}",
            "item_id": plan.item_id,
            "idempotency_key": plan.intent_key,
            "state": known.get(plan.intent_key, "new"),
        }
        for plan in await planned_writes(case, await case.artifact())
    ]
