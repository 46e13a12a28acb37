"""The jobs that tell an operator what is wrong, and a watching service that we live.

What belongs here: one round of each as a run, and the trouble only Dagster knows of. What does not: when (see
``sensors.alerts``) and what is told (see ``artifact_assets.stages.alerting``).

Best effort: no retries, and a run that fails here touches no meeting.
"""

# No `from __future__ import annotations`: Dagster compares the annotation of `context` itself, not its text.

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import dagster as dg

from artifact_assets.domain.alert_ports import Source
from artifact_assets.domain.alerts import Condition, Severity
from artifact_assets.domain.conditions import COMMAND
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.messages import Heartbeat
from artifact_assets.lanes import LANE, PRIORITIES, UPKEEP_LANE
from artifact_assets.stages.alerting import Alerting

ALERTS_JOB = "send_alerts"
HEARTBEAT_JOB = "send_heartbeat"
MAX_RUNTIME_SECONDS = 300
UPKEEP = {
    "dagster/max_runtime": str(MAX_RUNTIME_SECONDS),
    "dagster/priority": PRIORITIES[UPKEEP_LANE],
    LANE: UPKEEP_LANE,
}
"""After live meetings, before backfills: short, and worth nothing when late."""
LOOK_BACK = timedelta(hours=6)
MOST_RUNS = 200
STOPPED = "artifacts/stopped"
"""The tag of a run in which meetings stopped; those are told by their own failure classes, and the run itself is well."""


def alerts_job() -> dg.JobDefinition:
    """A run of one op: a round of telling."""

    @dg.op(name="tell", description="Sends alerts that are new, repeated or resolved to the webhook.")
    def tell(context: dg.OpExecutionContext, alerting: dg.ResourceParam[Alerting | None]) -> None:
        if alerting is None:
            return
        try:
            told = asyncio.run(alerting.joined(run_failures(context.instance)).tell())
        except PipelineError as error:
            raise dg.Failure(error.cause, metadata={"remedy": error.remedy}, allow_retries=False) from None
        context.add_output_metadata({"fired": told.fired, "repeated": told.repeated, "resolved": told.resolved})
        if told.refused:
            raise dg.Failure(told.refused[0], metadata={"refused": len(told.refused)}, allow_retries=False)

    @dg.job(name=ALERTS_JOB, tags=UPKEEP)
    def job() -> None:
        tell()

    return job


def heartbeat_job() -> dg.JobDefinition:
    """A run of one op: one sign of life. That it runs shows that daemon, queue, launcher and code server do their work."""

    @dg.op(name="beat", description="Asks the heartbeat's address, so that a watching service knows we live.")
    def beat(heartbeat: dg.ResourceParam[Heartbeat | None]) -> None:
        if heartbeat is None:
            return
        try:
            asyncio.run(heartbeat.beat())
        except PipelineError as error:
            raise dg.Failure(error.cause, metadata={"remedy": error.remedy}, allow_retries=False) from None

    @dg.job(name=HEARTBEAT_JOB, tags=UPKEEP)
    def job() -> None:
        beat()

    return job


def run_failures(instance: dg.DagsterInstance) -> Source:
    """Runs that failed for another reason than their meetings: their process died, or nothing could be opened."""

    async def conditions(now: datetime) -> Sequence[Condition]:
        records = instance.get_run_records(
            dg.RunsFilter(
                statuses=[dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.SUCCESS], updated_after=now - LOOK_BACK
            ),
            limit=MOST_RUNS,
        )
        # Newest first: what failed before the last good run of the same job is over.
        found: dict[str, list[dg.RunRecord]] = {}
        well: set[str] = set()
        for record in records:
            run = record.dagster_run
            name = run.job_name
            # Upkeep is tried again by its next round; nobody is woken for a digest.
            if run.tags.get(LANE) == UPKEEP_LANE or name in well:
                continue
            if run.is_success or STOPPED in run.tags:
                well.add(name)
            elif run.tags.get("dagster/will_retry") != "true":
                found.setdefault(name, []).append(record)
        return [_condition(name, failed) for name, failed in found.items()]

    return Source(frozenset({"run_failures"}), conditions)


def _condition(name: str, failed: Sequence[dg.RunRecord]) -> Condition:
    newest, oldest = failed[0], failed[-1]
    run_id = newest.dagster_run.run_id
    return Condition(
        key=f"run_failures:{name}",
        severity=Severity.CRITICAL,
        title=f"runs of {name} fail",
        cause=f"Not because of their meetings: the last one is run {run_id}; its page in the web UI says why.",
        since=oldest.update_timestamp,
        count=len(failed),
        example_meeting=newest.dagster_run.tags.get("dagster/partition"),
        next_command=f"{COMMAND} doctor",
        over="Runs succeed again, or none failed lately.",
    )
