"""The sensors behind alerts and the heartbeat: something is to be told, and it is time for a sign of life.

What belongs here: noticing and requesting. What does not: telling (the requested runs do).
"""

# No `from __future__ import annotations`: Dagster compares the annotation of `context` itself, not its text.

import asyncio

import dagster as dg

from artifact_assets.assets.alerts import run_failures
from artifact_assets.domain.messages import Heartbeat
from artifact_assets.stages.alerting import Alerting

INTERVAL_SECONDS = 30
HEARTBEAT_SECONDS = 300


def alerts_sensor(job: str) -> dg.SensorDefinition:
    """The sensor that requests the job named ``job`` while there is something to tell. Quiet times start no process."""

    @dg.sensor(
        name="alerts",
        job_name=job,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Notices what an operator should be told: new trouble, lasting trouble, and trouble that is over.",
    )
    def alerts(
        context: dg.SensorEvaluationContext, alerting: dg.ResourceParam[Alerting | None]
    ) -> dg.SensorResult | dg.SkipReason:
        if alerting is None:
            return dg.SkipReason("No webhook is configured (ARTIFACTS_ALERT_WEBHOOK).")
        news = asyncio.run(alerting.joined(run_failures(context.instance)).pending())
        if not news:
            return dg.SkipReason("Nothing new to tell.")
        tick = int(alerting.clock.now().timestamp() // INTERVAL_SECONDS)
        return dg.SensorResult(run_requests=[dg.RunRequest(run_key=f"alerts:{tick}")])

    return alerts


def heartbeat_sensor(job: str) -> dg.SensorDefinition:
    """The sensor that requests the job named ``job`` at an interval."""

    @dg.sensor(
        name="heartbeat",
        job_name=job,
        minimum_interval_seconds=HEARTBEAT_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Requests a sign of life for the service that watches us from outside.",
    )
    def heartbeat(
        context: dg.SensorEvaluationContext, heartbeat: dg.ResourceParam[Heartbeat | None]
    ) -> dg.SensorResult | dg.SkipReason:
        if heartbeat is None:
            return dg.SkipReason("No heartbeat is configured (ARTIFACTS_HEARTBEAT_URL).")
        beat = int(context.cursor or 0) + 1
        return dg.SensorResult(run_requests=[dg.RunRequest(run_key=f"heartbeat:{beat}")], cursor=str(beat))

    return heartbeat
