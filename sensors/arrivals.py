"""The arrivals sensor: files in the inbox become meetings and runs.

What belongs here: noticing and requesting. What does not: reading meetings (the run does) and deciding how they end.

A tick is bounded in files and in time; what is left over waits for the next one. What each file looked like when it was
taken is kept in the ledger, so a tick over an unchanged inbox reads no file at all.
"""

# No `from __future__ import annotations`: Dagster compares the annotation of `context` itself, not its text.

import asyncio
from datetime import timedelta

import dagster as dg

from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.inbox import entries, to_take
from artifact_assets.domain.records import Meeting
from artifact_assets.stages.arrival import admit
from artifact_assets.stages.equipment import Equipment
from sensors.cursor import read_cursor, write_cursor
from sensors.requests import PRIORITY_LIVE, requests_for

NAME = "arrivals"
INTERVAL_SECONDS = 10
FILES_PER_TICK = 500
BUDGET = timedelta(seconds=30)
"""Dagster ends a tick after 60 s by default; half of it leaves room for adding partitions and submitting runs."""


def arrivals_sensor(job: str) -> dg.SensorDefinition:
    """The sensor that requests the job named ``job`` for new and revised meetings."""

    @dg.sensor(
        name=NAME,
        job_name=job,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Notices transcripts in the inbox and requests runs for new and revised meetings.",
    )
    def arrivals(context: dg.SensorEvaluationContext, equipment: dg.ResourceParam[Equipment]) -> dg.SensorResult:
        meetings, last, told = asyncio.run(_take(equipment, context.cursor))
        for line in told:
            context.log.warning(line)
        requests = requests_for(
            context.instance,
            equipment.ledger,
            meetings,
            source="live",
            priority=PRIORITY_LIVE,
            partitions_per_run=equipment.configuration.walk.partitions_per_run,
        )
        return dg.SensorResult(run_requests=requests, cursor=write_cursor(last))

    return arrivals


async def _take(equipment: Equipment, cursor: str | None) -> tuple[list[Meeting], str, list[str]]:
    """Meetings that need a run, the path taken last, and what an operator should be told."""
    clock, inbox = equipment.clock, equipment.configuration.inbox
    give_up = clock.monotonic() + BUDGET.total_seconds()
    found = entries(await equipment.inbox.files())
    after = read_cursor(cursor, (entry.transcript.relative_path for entry in found))
    chosen = to_take(
        found,
        await equipment.ledger.marks([entry.transcript.source for entry in found]),
        now=clock.now().timestamp(),
        settled_seconds=inbox.settled_seconds,
        after=after,
        at_most=FILES_PER_TICK,
    )
    meetings: list[Meeting] = []
    told: list[str] = []
    for entry in chosen:
        if clock.monotonic() > give_up:
            break
        try:
            meeting = await admit(equipment, entry)
        except PipelineError as error:
            told.append(str(error))
            continue
        after = entry.transcript.relative_path
        if meeting is not None:
            meetings.append(meeting)
    return meetings, after, told
