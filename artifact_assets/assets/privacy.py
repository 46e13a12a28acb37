"""The job that keeps what was promised about words: erasures that were cut off are finished.

What belongs here: one pass as a run, and its schedule. What does not: what a pass does (see
``artifact_assets.stages.erasing``) and noticing a cut-off erasure between two nights (see ``sensors.erasures``).
"""

# No `from __future__ import annotations`: Dagster compares the annotation of `context` itself, not its text.

import asyncio

import dagster as dg

from artifact_assets.domain.failures import PipelineError
from artifact_assets.stages.erasing import Eraser

PRIVACY_JOB = "tend_privacy"
NIGHTLY = "13 3 * * *"
MAX_RUNTIME_SECONDS = 7200
PRIORITY = "-20"
WHO = "pipeline"


def privacy_job() -> dg.JobDefinition:
    """A run of one op; its numbers are the metadata of its output."""

    @dg.op(name="keep", description="Finishes erasures that were cut off, also those that a restored ledger forgot.")
    def keep(context: dg.OpExecutionContext, eraser: dg.ResourceParam[Eraser]) -> None:
        try:
            counts = asyncio.run(_keep(eraser))
        except PipelineError as error:
            raise dg.Failure(error.cause, metadata={"remedy": error.remedy}, allow_retries=False) from None
        context.add_output_metadata(counts)

    @dg.job(name=PRIVACY_JOB, tags={"dagster/max_runtime": str(MAX_RUNTIME_SECONDS), "dagster/priority": PRIORITY})
    def job() -> None:
        keep()

    return job


def privacy_schedule() -> dg.ScheduleDefinition:
    """Every night, on from the start."""
    return dg.ScheduleDefinition(
        name=f"{PRIVACY_JOB}_nightly",
        job_name=PRIVACY_JOB,
        cron_schedule=NIGHTLY,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Keeps what was promised about words of meetings.",
    )


async def _keep(eraser: Eraser) -> dict[str, int]:
    resumed = await eraser.resume(WHO)
    return {"erasures finished": len(resumed)}
