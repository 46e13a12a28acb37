"""The writes sensor: a drain is requested while writes are due that no walk is about to make.

What belongs here: noticing that. What does not: writing (the requested run does it) and meetings (see ``drain``).

Writes come due on their own after a destination was down or said when to come back, after a person approved, resolved or
resumed something, and after a process died between planning and sending.
"""

# No `from __future__ import annotations`: Dagster compares the annotation of `context` itself, not its text.

import asyncio

import dagster as dg

from artifact_assets.stages.draining import workable
from artifact_assets.stages.equipment import Equipment
from sensors.requests import PRIORITY_RESUMED, SOURCE

NAME = "writes"
INTERVAL_SECONDS = 30
LOOKED_AT = 200
"""Enough to find one that is not held; the run looks at all of them."""
UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def writes_sensor(job: str) -> dg.SensorDefinition:
    """The sensor that requests the job named ``job``, one run at a time."""

    @dg.sensor(
        name=NAME,
        job_name=job,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Requests a drain while writes are due that no run is about to make.",
    )
    def writes(
        context: dg.SensorEvaluationContext, equipment: dg.ResourceParam[Equipment]
    ) -> dg.SensorResult | dg.SkipReason:
        if context.instance.get_runs(dg.RunsFilter(job_name=job, statuses=UNDER_WAY), limit=1):
            return dg.SkipReason("A drain is under way.")
        due = asyncio.run(workable(equipment, LOOKED_AT))
        if not due:
            return dg.SkipReason("No write is due.")
        # The second keeps a later drain of the same writes, tried in vain meanwhile, from counting as this one.
        key = f"writes:{int(equipment.clock.now().timestamp())}"
        return dg.SensorResult(
            run_requests=[dg.RunRequest(run_key=key, tags={"dagster/priority": PRIORITY_RESUMED, SOURCE: "resumed"})]
        )

    return writes
