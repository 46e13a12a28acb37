"""The job that keeps what was promised about words: cut-off erasures are finished, what was kept long enough is removed.

What belongs here: one pass as a run, and its schedule. What does not: what a pass does (see ``artifact_assets.stages.erasing``
and ``retaining``) and noticing a cut-off erasure between two nights (see ``sensors.erasures``).
"""

# No `from __future__ import annotations`: Dagster compares the annotation of `context` itself, not its text.

import asyncio

import dagster as dg

from artifact_assets.domain.failures import PipelineError
from artifact_assets.stages.collecting import shares_of_day
from artifact_assets.stages.erasing import Eraser
from artifact_assets.stages.retaining import Retaining, unconfirmed
from artifact_assets.stages.sweeping import sweep

PRIVACY_JOB = "tend_privacy"
NIGHTLY = "13 3 * * *"
MAX_RUNTIME_SECONDS = 7200
PRIORITY = "-20"
WHO = "pipeline"


def privacy_job() -> dg.JobDefinition:
    """A run of one op; its numbers are the metadata of its output."""

    @dg.op(name="keep", description="Finishes cut-off erasures; removes what the retention policy says.")
    def keep(
        context: dg.OpExecutionContext, eraser: dg.ResourceParam[Eraser], retaining: dg.ResourceParam[Retaining]
    ) -> None:
        counts, errors = asyncio.run(_keep(eraser, retaining))
        if errors:
            told = {**counts, "remedy": errors[0].remedy}
            raise dg.Failure(errors[0].cause, metadata=told, allow_retries=False) from None
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


async def _keep(eraser: Eraser, retaining: Retaining) -> tuple[dict[str, int | str], list[PipelineError]]:
    """Counts of what was done, and what could not be: neither of the two waits for the other."""
    counts, errors = dict[str, int | str](), list[PipelineError]()
    for work in (_erasures(eraser), _retention(retaining)):
        try:
            counts |= await work
        except PipelineError as error:
            errors.append(error)
    return counts, errors


async def _erasures(eraser: Eraser) -> dict[str, int | str]:
    resumed = await eraser.resume(WHO)
    now = eraser.clock.now()
    swept = await sweep(eraser.book, eraser.store, now, shares_of_day(now))
    return {"erasures finished": len(resumed), "documents that were back": swept}


async def _retention(retaining: Retaining) -> dict[str, int | str]:
    if not retaining.policy.is_on or not await retaining.is_confirmed():
        await retaining.finish_begun(WHO)
        off = "off: no period is configured"
        return {"retention": unconfirmed(retaining.policy).cause if retaining.policy.is_on else off}
    passed = await retaining.go(WHO)
    return {
        "retention": retaining.policy.id,
        "meetings": passed.meetings,
        **{f"{part} of {kind or 'no kind'}": number for (kind, part), number in sorted(passed.parts.items())},
        **{f"kept: {need}": number for need, number in sorted(passed.kept.items())},
    }
