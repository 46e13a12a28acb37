"""``deliveries revert --plan``: taking back what a replay plan changed.

What belongs here: the command's part about plans. What does not: undoing a change (see ``stages.replay.taking_back``).
"""

from __future__ import annotations

import asyncio
from collections import Counter

from artifact_assets.commands.deliveries import owner, who
from artifact_assets.commands.output import print_json, print_table, remark
from artifact_assets.commands.progress import progress
from artifact_assets.commands.replay_view import difference
from artifact_assets.configuration.environment import settings
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Intervention
from artifact_assets.stages.replay.choosing import the_plan
from artifact_assets.stages.replay.taking_back import REVERTIBLE, Fate, TakenBack, take_back
from artifact_assets.wiring import open_equipment

ENDED = (Fate.TAKEN_BACK, Fate.CALLED_OFF, Fate.NEVER_WRITTEN)
TOLD = {
    Fate.TAKEN_BACK: "taken back",
    Fate.CALLED_OFF: "called off before they were sent",
    Fate.NEVER_WRITTEN: "never written",
    Fate.CHANGED_SINCE: "left, because a person changed them since",
    Fate.REPLACED_SINCE: "left, because a later write replaced them",
    Fate.WAITING: "waiting: run it again",
}


def revert_plan(plan_id: str, meeting: str | None, why: str, *, as_json: bool) -> int:
    """Take a plan back, meeting by meeting, and print each record's fate; returns the exit code: 1 when anything was left."""
    done: list[TakenBack] = []
    with open_equipment(settings()) as equipment:
        ledger = equipment.ledger
        plan = asyncio.run(the_plan(equipment, plan_id))
        found = asyncio.run(ledger.entries(plan.plan_id, meeting_ids=(meeting,) if meeting is not None else None))
        entries = [entry for entry in found if entry.state in REVERTIBLE]
        if meeting is not None and not found:
            raise PipelineError(
                FailureClass.UNREADABLE_INPUT,
                f"Plan {plan.plan_id} does not hold meeting {meeting}, so nothing was done.",
            )
        details = {"plan": plan.plan_id, "meetings": len(entries)}
        asyncio.run(ledger.intervene(Intervention(equipment.clock.now(), who(), why, "replay revert", details=details)))
        with progress("meetings", len(entries)) as bar:
            for entry in entries:
                done += asyncio.run(take_back(equipment, owner(), entry))
                bar.advance()
    _print(done, as_json=as_json)
    return 0 if all(each.fate in ENDED for each in done) else 1


def _print(done: list[TakenBack], *, as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {
                    "meeting_id": each.meeting_id,
                    "item_id": each.write.item_id,
                    "destination": each.write.destination,
                    "operation": each.write.operation,
                    "change": each.write.change.value,
                    "fate": each.fate.value,
                    "cause": each.cause,
                }
                for each in done
            ]
        )
        return
    print_table(
        ("meeting", "change", "at", "what the plan had changed", "now", "cause"),
        (
            (
                each.meeting_id,
                each.write.change.value,
                each.write.destination,
                difference(each.write),
                each.fate.value.replace("_", " "),
                each.cause,
            )
            for each in done
        ),
        empty="This plan changed nothing that could be taken back.",
    )
    counts = Counter(each.fate for each in done)
    remark("; ".join(f"{counts[fate]} {told}" for fate, told in TOLD.items() if counts[fate]) or "Nothing was done.")
