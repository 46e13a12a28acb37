"""The job that works off due writes, whatever meeting they belong to.

What belongs here: one drain as a run, and the meetings it brought to their end. What does not: when one is due (see
``sensors.writes``), and the drain (see ``artifact_assets.stages.draining``).

A run per meeting would cost seconds of launching for a single request. What this run finishes is told to Dagster as events
without a run of their own.
"""

# No `from __future__ import annotations`: Dagster compares the annotation of `context` itself, not its text.

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence

import dagster as dg

from artifact_assets.assets.reconciler import report_pending
from artifact_assets.domain.failures import PipelineError
from artifact_assets.stages.concluding import conclude
from artifact_assets.stages.draining import drain
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.result import MeetingResult
from artifact_assets.stages.tracing import Walked
from artifact_assets.stages.walk import lease_owner

WRITES_JOB = "work_off_writes"
MAX_RUNTIME_SECONDS = 1800


def writes_job() -> dg.JobDefinition:
    """A run of one op: send what is due, end the meetings that have nothing else left, tell Dagster of them."""

    @dg.op(
        name="drain",
        description="Works off due writes, oldest first, within each destination's budget; ends the meetings they belong to.",
    )
    def work(context: dg.OpExecutionContext, equipment: dg.ResourceParam[Equipment]) -> None:
        try:
            counts, lost = asyncio.run(_work(context.instance, equipment, context.run_id))
        except PipelineError as error:
            raise dg.Failure(error.cause, metadata={"remedy": error.remedy}, allow_retries=False) from None
        if lost:
            context.log.warning("%d traces were not taken by the collector and are dropped.", lost)
        context.add_output_metadata(counts)

    @dg.job(name=WRITES_JOB, tags={"dagster/max_runtime": str(MAX_RUNTIME_SECONDS)})
    def job() -> None:
        work()

    return job


async def _work(instance: dg.DagsterInstance, equipment: Equipment, run_id: str) -> tuple[dict[str, int], int]:
    """What was done, by its outcome, and how many traces were lost."""
    began = equipment.clock.now()
    drained = await drain(equipment, lease_owner(run_id))
    ended = await conclude(equipment, run_id, drained.meetings)
    await report_pending(instance, equipment.ledger, by=run_id)
    lost = await _tell(equipment, drained.meetings, ended, Walked(run_id, began, equipment.clock.now()))
    states = Counter(f"meetings {result.state}" for result in ended)
    counts = {
        "writes": sum(drained.states.values()),
        **{f"writes {state}": number for state, number in sorted(drained.states.items())},
        "meetings": len(drained.meetings),
        **dict(sorted(states.items())),
    }
    return counts, lost


async def _tell(equipment: Equipment, drained: Iterable[str], ended: Sequence[MeetingResult], walked: Walked) -> int:
    """Send the traces of the meetings that were written for, ended or not."""
    if equipment.tracing is None:
        return 0
    left = set(drained) - {result.meeting_id for result in ended}
    rest = await equipment.ledger.meetings(ids=left) if left else ()
    results = [*ended, *(MeetingResult(m.meeting_id, m.state, m.counts) for m in rest)]
    return await equipment.tracing.tell(results, walked)
