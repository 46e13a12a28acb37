"""Judging a stored meeting again, without running any stage.

What belongs here: what an asset check does when it is selected alone. What does not: the rules.
"""

from __future__ import annotations

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import CheckResult
from artifact_assets.domain.states import Stage
from artifact_assets.stages.delivered import delivered_once, expected_intents
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.reading_back import stored_case
from artifact_assets.stages.result import MeetingResult, stopped
from artifact_assets.stages.validated import art_checks


async def judge_again(equipment: Equipment, meeting_id: str) -> tuple[MeetingResult, tuple[CheckResult, ...]]:
    """All four verdicts on what is stored of a meeting, as of now."""
    case = None
    try:
        case = await stored_case(equipment, meeting_id)
        if case is None or Stage.VALIDATED not in case.documents:
            raise PipelineError(
                FailureClass.UNREADABLE_INPUT,
                f"{meeting_id} has no stored artifact, so there is nothing to judge.",
                "Materialize its assets first.",
            )
        artifact = await case.artifact()
        verdicts = (*await art_checks(case, artifact), delivered_once(await expected_intents(case, artifact)))
    except PipelineError as error:
        state = case.meeting.state if case is not None else None
        return stopped(meeting_id, state, Stage.VALIDATED, error), ()
    return MeetingResult(meeting_id, case.meeting.state, case.meeting.counts), verdicts
