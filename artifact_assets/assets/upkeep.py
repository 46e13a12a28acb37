"""The job that keeps the working set small: finished meetings leave it, old runs and documents nobody names are deleted.

What belongs here: one pass as a run, and its schedule. What does not: what a pass does (see ``retiring``, ``pruning`` and
``artifact_assets.stages.collecting``).

It is the least urgent work there is: it waits behind everything else, has the backfills' workers, and may be left out for days.
"""

# No `from __future__ import annotations`: Dagster compares the annotation of `context` itself, not its text.

import asyncio

import dagster as dg

from artifact_assets.assets.pruning import prune
from artifact_assets.assets.retiring import retire
from artifact_assets.assets.targeted import UnknownTargetsError
from artifact_assets.domain.failures import PipelineError
from artifact_assets.stages.collecting import Collected, collect, shares_of_day
from artifact_assets.stages.equipment import Equipment

JOB = "tend_working_set"
NIGHTLY = "43 2 * * *"
MAX_RUNTIME_SECONDS = 7200
PRIORITY = "-20"


def upkeep_job() -> dg.JobDefinition:
    """A run of one op; its numbers are the metadata of its output."""

    @dg.op(name="tend", description="Retires finished meetings, prunes old runs, counts or collects unnamed documents.")
    def tend(context: dg.OpExecutionContext, equipment: dg.ResourceParam[Equipment]) -> None:
        try:
            counts = asyncio.run(_tend(context.instance, equipment))
        except PipelineError as error:
            raise dg.Failure(error.cause, metadata={"remedy": error.remedy}, allow_retries=False) from None
        except UnknownTargetsError as error:
            remedy = "Wait until it is over; nothing was taken out meanwhile."
            raise dg.Failure(str(error), metadata={"remedy": remedy}, allow_retries=False) from None
        context.add_output_metadata(counts)

    tags = {
        "dagster/max_runtime": str(MAX_RUNTIME_SECONDS),
        "dagster/priority": PRIORITY,
    }

    @dg.job(name=JOB, tags=tags)
    def job() -> None:
        tend()

    return job


def upkeep_schedule() -> dg.ScheduleDefinition:
    """Every night, on from the start."""
    return dg.ScheduleDefinition(
        name=f"{JOB}_nightly",
        job_name=JOB,
        cron_schedule=NIGHTLY,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Keeps Dagster's working set small; the ledger keeps everything.",
    )


async def _tend(instance: dg.DagsterInstance, equipment: Equipment) -> dict[str, int]:
    policy, now = equipment.configuration.working_set, equipment.clock.now()
    retired = await retire(instance, equipment.ledger, policy, now)
    pruned = await asyncio.to_thread(prune, instance, policy, now)
    documents = Collected()
    if policy.documents != "keep":
        documents = await collect(equipment.ledger, equipment.store, policy, now, shares_of_day(now))
    return {
        "meetings retired": retired.retired,
        "meetings still needed": retired.needed,
        "partitions": retired.left,
        "runs looked at": pruned.looked_at,
        "runs deleted": pruned.deleted,
        "runs kept": pruned.kept,
        "documents looked at": documents.looked_at,
        "documents nobody names": documents.unnamed,
        "bytes nobody names": documents.size_bytes,
        "documents deleted": documents.deleted,
    }
