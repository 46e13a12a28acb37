"""The batch sensor: a round of the batch desk is requested while there is anything to submit or to read.

What belongs here: noticing that. What does not: the round (the requested run does it).
"""

# No `from __future__ import annotations`: Dagster compares the annotation of `context` itself, not its text.

import asyncio

import dagster as dg

from artifact_assets.extraction.model.batch_desk import BatchDesk

NAME = "batches"
INTERVAL_SECONDS = 60


def batches_sensor(job: str) -> dg.SensorDefinition:
    """The sensor that requests the job named ``job``, once per polling interval."""

    @dg.sensor(
        name=NAME,
        job_name=job,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Requests a round of submitting and reading batches while requests wait for one.",
    )
    def batches(batch_desk: dg.ResourceParam[BatchDesk | None]) -> dg.SensorResult | dg.SkipReason:
        if batch_desk is None:
            return dg.SkipReason("Batches are off, or no model is configured.")
        if not asyncio.run(batch_desk.has_work()):
            return dg.SkipReason("No request waits for a batch.")
        interval = batch_desk.policy.batch.poll_seconds
        return dg.SensorResult(
            run_requests=[dg.RunRequest(run_key=f"batches:{int(batch_desk.clock.now().timestamp() // interval)}")]
        )

    return batches
