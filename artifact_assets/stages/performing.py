"""Having a stage's result: the stored one under the current key, or a new one within the stage's deadline.

What belongs here: finding and making one stage's checkpoint for one meeting. What does not: storing it and what a failure
does to the meeting (see ``passage``), and which stages are wanted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Checkpoint
from artifact_assets.domain.states import Stage
from artifact_assets.stages.case import Case
from artifact_assets.stages.stage import Outcome, StageWork, stage_key

GIVEN_UP: Mapping[Stage, FailureClass] = {
    Stage.TRANSCRIPT: FailureClass.STORAGE_UNAVAILABLE,
    Stage.NORMALIZED: FailureClass.UNREADABLE_INPUT,
    Stage.EXTRACTED: FailureClass.MODEL_TIMEOUT,
    Stage.VALIDATED: FailureClass.INTERNAL_ERROR,
    Stage.DELIVERED: FailureClass.DESTINATION_UNAVAILABLE,
}
"""What a stage that outlasts its deadline failed with."""


async def known_result(case: Case, work: StageWork) -> Checkpoint | None:
    """The checkpoint under the current key, if its document is still intact; a damaged one is to be rebuilt."""
    if case.opened.latest(work.stage) is None:
        return None
    checkpoint = case.opened.checkpoint(work.stage, stage_key(await work.all_components(case)))
    if checkpoint is None or not await case.equipment.store.intact(checkpoint.document):
        return None
    return checkpoint


async def new_result(case: Case, work: StageWork) -> tuple[Outcome, Checkpoint]:
    """Run the stage: its outcome, and the checkpoint to store. Raises what the stage raises, or that it took too long."""
    clock = case.equipment.clock
    started, began = clock.monotonic(), clock.now()
    outcome = await _bounded(case, work)
    # Computed after the work: the transcript stage may have met a newer revision.
    components = await work.all_components(case)
    once = not work.reusable or outcome.for_now_until is not None
    return outcome, Checkpoint(
        meeting_id=case.meeting.meeting_id,
        stage=work.stage,
        key=stage_key({**components, "run": case.run_id, "at": began.isoformat()} if once else components),
        components={**components, "for_now": True} if outcome.for_now_until else components,
        document=outcome.document,
        run_id=case.run_id,
        created_at=clock.now(),
        metadata=outcome.metadata,
        checks=outcome.checks,
        duration_seconds=round(clock.monotonic() - started, 4),
        attempts=outcome.attempts,
    )


async def _bounded(case: Case, work: StageWork) -> Outcome:
    policy = case.equipment.configuration.stages.of(work.stage)
    try:
        async with asyncio.timeout(policy.deadline_seconds):
            return await work.perform(case)
    except TimeoutError:
        raise PipelineError(
            GIVEN_UP[work.stage],
            f"Stage {work.stage} of {case.meeting.meeting_id} did not end within its deadline of "
            f"{policy.deadline_seconds:g} s and was given up.",
        ) from None
