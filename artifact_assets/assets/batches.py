"""The job that submits and reads batches of requests to the model.

What belongs here: one round of the batch desk as a run. What does not: when one is due (see ``sensors.batches``) and what a
round does (see ``artifact_assets.extraction.model.batch_desk``).
"""

# No `from __future__ import annotations`: Dagster compares the annotation of `context` itself, not its text.

import asyncio

import dagster as dg

from artifact_assets.domain.failures import PipelineError
from artifact_assets.extraction.model.batch_desk import BatchDesk

BATCHES_JOB = "work_on_batches"
MAX_RUNTIME_SECONDS = 900


def batches_job() -> dg.JobDefinition:
    """A run of one op: submit what waits, read what is done. The meetings themselves are taken up by the drain sensor."""

    @dg.op(
        name="one_round",
        description="Submits requests that wait for a batch, and stores the answers of batches that are over.",
    )
    def work(context: dg.OpExecutionContext, batch_desk: dg.ResourceParam[BatchDesk | None]) -> None:
        if batch_desk is None:
            return
        try:
            done = asyncio.run(batch_desk.work(batch_desk.owner(context.run_id)))
        except PipelineError as error:
            raise dg.Failure(error.cause, metadata={"remedy": error.remedy}, allow_retries=False) from None
        context.add_output_metadata(dict(vars(done)))

    @dg.job(name=BATCHES_JOB, tags={"dagster/max_runtime": str(MAX_RUNTIME_SECONDS)})
    def job() -> None:
        work()

    return job
