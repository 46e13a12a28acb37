"""Events that Dagster missed, reported later.

What belongs here: finding checkpoints whose events are pending, and reporting them outside a run. What does not: writing
events during a run (see ``event_log``).

Pending events are left by a crash between the ledger's commit and Dagster's, and by work finished outside a run. A run that
touches the meeting again logs them itself; this is for meetings that no run touches. A run logs what it did a moment after
its ledger's commit, with the meeting's lease free already: what a run that is still under way has pending is left to it, or
its events would be there twice, and the later ones without the run that did the work.

A check's evaluation is reported under the run that made it: Dagster keeps at most one without a run for each check and
partition, and refuses the second.
"""

from __future__ import annotations

import dagster as dg
from dagster._core.events import DagsterEvent, DagsterEventType
from dagster._core.instance.utils import RUNLESS_JOB_NAME
from dagster._core.storage.dagster_run import NOT_FINISHED_STATUSES

from artifact_assets.assets.events import events_of
from artifact_assets.assets.specs import CHECKS
from artifact_assets.domain.ports import Ledger
from artifact_assets.domain.states import STAGES
from artifact_assets.event_storage.flushing import aim, flush_of

REPORTED_AT_ONCE = 500


async def report_pending(instance: dg.DagsterInstance, ledger: Ledger, by: str = "") -> int:
    """Report what is pending to Dagster's event log; returns how many stages that were.

    Meetings held by a walk wait, and so do results of runs under way, but for ``by``, the run that asks.
    """
    pending = await ledger.pending(REPORTED_AT_ONCE)
    meetings = {meeting.meeting_id: meeting for meeting in await ledger.meetings(ids={c.meeting_id for c in pending})}
    idle = [c for c in pending if c.meeting_id in meetings and meetings[c.meeting_id].lease_owner is None]
    working = _under_way(instance, {c.run_id for c in idle} - {by})
    idle = [c for c in idle if c.run_id not in working]
    stages, checks = frozenset(STAGES), frozenset(CHECKS)
    for checkpoint in idle:
        for event in events_of(checkpoint, reused=False, stages=stages, checks=checks):
            if isinstance(event, dg.AssetMaterialization):
                instance.report_runless_asset_event(event)
            else:
                evaluated = DagsterEvent(
                    DagsterEventType.ASSET_CHECK_EVALUATION.value,
                    RUNLESS_JOB_NAME,
                    event_specific_data=aim(instance, event),
                )
                instance.report_dagster_event(evaluated, checkpoint.run_id)
    flush_of(instance)()
    await ledger.logged(idle)
    return len(idle)


def _under_way(instance: dg.DagsterInstance, run_ids: set[str]) -> set[str]:
    if not run_ids:
        return set()
    unfinished = dg.RunsFilter(run_ids=sorted(run_ids), statuses=NOT_FINISHED_STATUSES)
    return {run.run_id for run in instance.get_runs(unfinished)}
