"""Meetings over which processes died.

What belongs here: who is suspected, and setting aside who was alone when it happened again. What does not: counting deaths
(``Ledger.begin`` does) and ending processes (see ``watchdog``).

A process that runs out of memory, crashes in a library or is ended by the watchdog takes every meeting it held with it,
and its successor would do the same, for ever. All of them are suspected; what is stored about one clears it. After the
second death in a row the suspects go last and one at a time, so that the others are through and the third death has one
possible culprit. Rejected: writing down which meeting has its turn, at every step of the event loop. It would tell after the
first death, but knows nothing of threads, and memory is rarely used up by the one who asked for too much.
"""

from __future__ import annotations

from collections.abc import Sequence

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import StageCommit
from artifact_assets.domain.states import STAGES, MeetingState, Stage
from artifact_assets.stages.case import Case
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.result import MeetingResult, stopped


async def suspected(equipment: Equipment, meeting_ids: Sequence[str]) -> frozenset[str]:
    """Those to be taken last and alone. One that is held now counts with the death its owner may turn out to be."""
    found = await equipment.ledger.meetings(ids=meeting_ids)
    limit = equipment.configuration.walk.alone_after_deaths
    return frozenset(m.meeting_id for m in found if m.deaths + (m.lease_owner is not None) >= limit)


async def set_aside(case: Case) -> MeetingResult:
    """End a meeting as failed without starting it; a person who processes it again starts a new count."""
    meeting = case.meeting
    error = PipelineError(
        FailureClass.RUN_KILLED,
        f"{meeting.deaths} processes in a row died over {meeting.meeting_id}, the last one while working on nothing else, "
        "so it was set aside and not started again.",
        "See the run's standard error for where it stood, and the machine's log for memory; then process the meeting again.",
    )
    await case.equipment.ledger.commit(
        StageCommit(
            meeting_id=meeting.meeting_id,
            owner=case.owner,
            state=MeetingState.FAILED,
            at=case.equipment.clock.now(),
            run_id=case.run_id,
            failure_class=error.failure_class,
            cause=error.cause,
        )
    )
    return stopped(meeting.meeting_id, MeetingState.FAILED, _unfinished(case), error)


def _unfinished(case: Case) -> Stage:
    """The first stage without a result, as near as can be told."""
    return next((stage for stage in STAGES if case.opened.latest(stage) is None), STAGES[-1])
