"""The job that sends yesterday's digest, and its schedule.

What belongs here: one message a day as a run. What does not: what it says (see ``artifact_assets.domain.digest``).

Best effort: no retries, the lane of upkeep, and a run that fails here touches no meeting.
"""

# No `from __future__ import annotations`: Dagster compares the annotation of `context` itself, not its text.

import asyncio
from datetime import timedelta

import dagster as dg

from artifact_assets.assets.alerts import UPKEEP
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.messages import Messages
from artifact_assets.stages.digest import send_digest
from artifact_assets.stages.equipment import Equipment

DIGEST_JOB = "send_digest"


def digest_job() -> dg.JobDefinition:
    """A run of one op: the digest of the UTC day before."""

    @dg.op(name="digest", description="Sends what was delivered yesterday and what waits for a person to the webhook.")
    def digest(
        context: dg.OpExecutionContext,
        equipment: dg.ResourceParam[Equipment],
        digest_messages: dg.ResourceParam[Messages | None],
    ) -> None:
        if digest_messages is None:
            return
        today = equipment.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        try:
            sent = asyncio.run(send_digest(equipment, digest_messages, today - timedelta(days=1)))
        except PipelineError as error:
            raise dg.Failure(error.cause, metadata={"remedy": error.remedy}, allow_retries=False) from None
        context.add_output_metadata({"message": sent.message_id, "lines": len(sent.lines)})

    @dg.job(name=DIGEST_JOB, tags=UPKEEP)
    def job() -> None:
        digest()

    return job


def digest_schedule(job: dg.JobDefinition, hour: int) -> dg.ScheduleDefinition:
    """Once a day; without a webhook the run has nothing to do, so the schedule starts stopped where none is configured."""
    return dg.ScheduleDefinition(
        name="digest_daily",
        job=job,
        cron_schedule=f"7 {hour} * * *",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Sends yesterday's digest.",
    )
