"""The erasures sensor: an erasure that was cut off is gone on with, without anybody's asking.

What belongs here: noticing that. What does not: going on (the requested run does it).
"""

# No `from __future__ import annotations`: Dagster compares the annotation of `context` itself, not its text.

import asyncio
from datetime import timedelta

import dagster as dg

from artifact_assets.stages.erasing import Eraser
from sensors.writes import UNDER_WAY

NAME = "erasures"
INTERVAL_SECONDS = 120
CUT_OFF_AFTER = timedelta(minutes=15)
"""Longer than an erasure takes that is under way, and than it waits for a run to end."""
AGAIN_AFTER = timedelta(hours=1)
"""How long one that could not be finished is left alone: what holds it up is in the failed run, and needs a hand."""


def erasures_sensor(job: str) -> dg.SensorDefinition:
    """The sensor that requests the job named ``job``, one run at a time."""

    @dg.sensor(
        name=NAME,
        job_name=job,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Requests that erasures which were cut off are finished.",
    )
    def erasures(
        context: dg.SensorEvaluationContext, eraser: dg.ResourceParam[Eraser]
    ) -> dg.SensorResult | dg.SkipReason:
        now = eraser.clock.now()
        unfinished = asyncio.run(eraser.book.erasures(unfinished=True))
        left = [one for one in unfinished if now - one.requested_at > CUT_OFF_AFTER]
        if not left:
            return dg.SkipReason("No erasure was cut off.")
        if context.instance.get_runs(dg.RunsFilter(job_name=job, statuses=UNDER_WAY), limit=1):
            return dg.SkipReason("They are being finished.")
        # By the newest of them too: another one that is cut off meanwhile does not wait for the hour to end.
        newest = max(one.requested_at for one in left)
        hour = int(now.timestamp() // AGAIN_AFTER.total_seconds())
        return dg.SensorResult(run_requests=[dg.RunRequest(run_key=f"erasures:{hour}:{int(newest.timestamp())}")])

    return erasures
