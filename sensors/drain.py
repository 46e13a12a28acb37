"""The drain sensor: what was put off or left behind is taken up again.

What belongs here: noticing that a deferred meeting is due or that nobody works on an unfinished one. What does not:
delivering (the requested run does).

Dagster restarts a run whose process died, a few times. When those restarts are used up, or the run was lost altogether, its
meetings stay unfinished with nobody holding them; this sensor finds them and requests a run of their own. A meeting that only
waits for writes is left to the drain of writes first (see ``writes``), which needs no run for each range of them; one that a
queued run or a backfill is going to work on is left to it; and one put off for a backfill stays in that backfill's lane.

A run whose worker does nothing any more would be waited for until its longest time; it is ended first (see ``silent_runs``).
"""

# No `from __future__ import annotations`: Dagster compares the annotation of `context` itself, not its text.

import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import datetime, timedelta

import dagster as dg

from artifact_assets.assets.reconciler import report_pending
from artifact_assets.assets.silent_runs import end_silent_runs
from artifact_assets.domain.backfills import LIVE, holding
from artifact_assets.domain.records import Meeting
from artifact_assets.domain.states import MEETING_STATES, MeetingState
from artifact_assets.stages.draining import workable
from artifact_assets.stages.equipment import Equipment
from sensors.awaited import Awaited, awaited
from sensors.requests import PRIORITY_BACKFILL, PRIORITY_RESUMED, requests_for

NAME = "drain"
INTERVAL_SECONDS = 30
MEETINGS_PER_TICK = 500
WRITES_LOOKED_AT = 5000
LEFT_BEHIND_AFTER = timedelta(minutes=5)
"""Longer than a run takes to start and to be restarted by Dagster after a crash."""
PAGE = 1000
"""Unfinished meetings read at once: most ticks need no second page."""
LEFT_TO_WRITES = timedelta(minutes=2)
"""How long a deferred meeting with writes to make is left to the drain of writes: a tick of it and a run."""


def drain_sensor(job: str) -> dg.SensorDefinition:
    """The sensor that requests the job named ``job`` for due and left-behind meetings, and reports events Dagster missed."""

    @dg.sensor(
        name=NAME,
        job_name=job,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Resumes deferred meetings when they are due, and meetings whose run was lost.",
    )
    def drain(context: dg.SensorEvaluationContext, equipment: dg.ResourceParam[Equipment]) -> dg.SensorResult:
        remembered, ended = asyncio.run(end_silent_runs(context.instance, equipment, context.cursor))
        for line in ended:
            context.log.warning(line)
        due = asyncio.run(_waiting(context.instance, equipment))
        requests: list[dg.RunRequest] = []
        for backfill in sorted({meeting.backfill or LIVE for meeting in due}):
            requests += requests_for(
                context.instance,
                equipment.ledger,
                [meeting for meeting in due if (meeting.backfill or LIVE) == backfill],
                source="resumed",
                priority=PRIORITY_BACKFILL if backfill else PRIORITY_RESUMED,
                partitions_per_run=equipment.configuration.walk.partitions_per_run,
                backfill=backfill or None,
            )
        return dg.SensorResult(run_requests=requests, cursor=remembered)

    return drain


async def _waiting(instance: dg.DagsterInstance, equipment: Equipment) -> list[Meeting]:
    now = equipment.clock.now()
    await report_pending(instance, equipment.ledger)
    paused = await equipment.backfills.rows()
    writing = {intent.meeting_id for intent in await workable(equipment, WRITES_LOOKED_AT)}
    coming: Awaited | None = None
    due: list[Meeting] = []
    async for meeting in _candidates(equipment, now):
        if len(due) == MEETINGS_PER_TICK:
            break
        left = LEFT_TO_WRITES if meeting.meeting_id in writing else timedelta(0)
        if not is_due(meeting, now, left, equipment.is_gone) or (
            meeting.backfill and holding(paused, meeting.backfill)
        ):
            continue
        if coming is None:
            coming = awaited(instance)
        if meeting not in coming:
            due.append(meeting)
    return due


async def _candidates(equipment: Equipment, now: datetime) -> AsyncGenerator[Meeting]:
    """What may be due, live ones first: what does not fit into this tick waits for the next."""
    ledger = equipment.ledger
    again = await ledger.due_again(now, MEETINGS_PER_TICK)
    for live in (True, False):
        for meeting in again:
            if (meeting.backfill is None) is live:
                yield meeting
        offset = 0
        while page := await ledger.waiting(now, now - LEFT_BEHIND_AFTER, live=live, most=PAGE, offset=offset):
            for meeting in page:
                yield meeting
            offset += len(page)


def is_due(
    meeting: Meeting,
    now: datetime,
    left: timedelta = timedelta(0),
    is_gone: Callable[[str], bool] = lambda _: False,
) -> bool:
    """Whether a meeting should be taken up again: put off or done for now and due, or unfinished and left alone for a while.

    ``left`` is how much longer a deferred one is left to others; ``is_gone`` tells whether who holds it is dead.
    """
    owner, until = meeting.lease_owner, meeting.lease_until
    if owner is not None and until is not None and until > now and not is_gone(owner):
        return False
    if meeting.state is MeetingState.DEFERRED or MEETING_STATES[meeting.state].terminal:
        return meeting.next_attempt_at is None or meeting.next_attempt_at + left <= now
    # What lies ahead was stored before the clock was set back; waiting for the clock to come there again could take for ever.
    return abs(now - meeting.updated_at) > LEFT_BEHIND_AFTER
