"""``show MEETING``: the artifact with evidence, verdicts and deliveries.

What belongs here: the command. What does not: the layout (see ``artifact_view``).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict

import click

from artifact_assets.commands.artifact_view import print_artifact
from artifact_assets.commands.output import delivery_row, json_option, meeting_row, print_json, remark
from artifact_assets.configuration.environment import settings
from artifact_assets.domain.art.timeliness import judge_timeliness
from artifact_assets.domain.artifact import Artifact, RuleFailure
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Intent
from artifact_assets.domain.states import ENDS_OF_DELIVERY, Stage
from artifact_assets.domain.transcript import Transcript
from artifact_assets.stages.case import Case
from artifact_assets.stages.reading_back import stored_case
from artifact_assets.wiring import open_equipment


@click.command()
@click.argument("meeting")
@json_option
def show(meeting: str, as_json: bool) -> None:
    """Print what was found in MEETING, on which evidence, what was held back and why, and what was written."""
    with open_equipment(settings()) as equipment:
        asyncio.run(_show(known_case(asyncio.run(stored_case(equipment, meeting)), meeting), as_json))


def known_case(case: Case | None, meeting: str) -> Case:
    """The stored meeting. Raises PipelineError(unreadable_input) when the ledger does not know it."""
    if case is None:
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT, f"There is no meeting {meeting}.", "List the known ones with `meetings`."
        )
    return case


async def _show(case: Case, as_json: bool) -> None:
    artifact = await case.artifact() if Stage.VALIDATED in case.documents else None
    if as_json:
        print_json(
            {
                **meeting_row(case.meeting),
                "artifact": artifact.model_dump(mode="json") if artifact is not None else None,
                "deliveries": [delivery_row(intent) for intent in case.opened.intents],
            }
        )
        return
    state = case.meeting.state.value
    remark(f"{case.meeting.meeting_id} is {state}" + (f": {case.meeting.cause}" if case.meeting.cause else "."))
    if artifact is None:
        if case.meeting.failure_class is not None:
            remark(case.meeting.failure_class.rule.remedy)
        return
    by_item: dict[str, list[Intent]] = defaultdict(list)
    for intent in case.opened.intents:
        by_item[intent.item_id].append(intent)
    transcript = await case.transcript()
    print_artifact(artifact, transcript, by_item, _left_out(case, artifact, transcript, frozenset(by_item)))


def _left_out(
    case: Case, artifact: Artifact, transcript: Transcript, planned: frozenset[str]
) -> dict[str, tuple[RuleFailure, ...]]:
    """By item id, why an accepted item of a finished meeting has no write: its time was past."""
    if case.meeting.state not in ENDS_OF_DELIVERY:
        return {}
    ended, policy = case.meeting.updated_at, case.equipment.configuration.art.timeliness
    return {
        item.item_id: judge_timeliness(transcript.started_at, item.content, ended, policy)
        for item in artifact.accepted
        if item.item_id not in planned
    }
