"""Lanes of the run queue: live meetings, backfills, upkeep.

What belongs here: which lane a run belongs to, and marking it before it is queued. What does not: the limits (each profile's
``dagster.yaml`` sets them per lane) and what a run does.

Dagster's own tag ``dagster/backfill`` is not enough to cap backfills: a run that is re-executed after its backfill is over
loses it and would take a live meeting's place. A run coordinator marks every run at the one point that all of them pass,
Dagster's documented way to do so (docs.dagster.io, "Customizing run queue priority").
"""

from __future__ import annotations

from collections.abc import Mapping

import dagster as dg
from dagster._core.run_coordinator import QueuedRunCoordinator, SubmitRunContext
from dagster._core.storage.tags import BACKFILL_ID_TAG, PRIORITY_TAG, ROOT_RUN_ID_TAG

LANE = "artifacts/lane"
BACKFILL = "artifacts/backfill"
"""The backfill a run works for; unlike Dagster's own tag it stays with re-executions and with what the drain resumes."""
LIVE_LANE, BACKFILL_LANE, UPKEEP_LANE = "live", "backfill", "upkeep"
PRIORITIES: Mapping[str, str] = {LIVE_LANE: "10", UPKEEP_LANE: "1", BACKFILL_LANE: "-10"}
"""Upkeep is short: after live meetings and what they left over, and never behind a backfill, which lasts for hours."""


def backfill_of(instance: dg.DagsterInstance, run: dg.DagsterRun) -> str | None:
    """The backfill a run works for: by its own tags, else by those of the run it is a re-execution of."""
    named = _named(run.tags)
    root_id = run.tags.get(ROOT_RUN_ID_TAG)
    if named is None and root_id is not None and root_id != run.run_id:
        root = instance.get_run_by_id(root_id)
        named = _named(root.tags) if root is not None else None
    return named


def marks(tags: Mapping[str, str], backfill: str | None) -> dict[str, str]:
    """The tags a run lacks: its lane, its backfill, its priority. What somebody chose stays."""
    lane = BACKFILL_LANE if backfill is not None else tags.get(LANE, LIVE_LANE)
    wanted = {LANE: lane, PRIORITY_TAG: tags.get(PRIORITY_TAG, PRIORITIES.get(lane, "0"))}
    if backfill is not None:
        wanted[BACKFILL] = backfill
    return {key: value for key, value in wanted.items() if tags.get(key) != value}


class LanesRunCoordinator(QueuedRunCoordinator):
    """Dagster's queue, in which every run carries its lane.

    The queue is looked through twice in each ``dequeue_interval_seconds``: Dagster takes whole seconds only, and waiting for
    that look is much of a live meeting's time.
    """

    @property
    def dequeue_interval_seconds(self) -> float:  # pyright: ignore[reportIncompatibleMethodOverride] - the daemon takes any number
        """Seconds between looks. The daemon waits in steps of half a second."""
        return super().dequeue_interval_seconds / 2

    def submit_run(self, context: SubmitRunContext) -> dg.DagsterRun:
        """Mark and queue."""
        run = context.dagster_run
        missing = marks(run.tags, backfill_of(self._instance, run))
        if missing:
            self._instance.add_run_tags(run.run_id, missing)
        return super().submit_run(context)


def _named(tags: Mapping[str, str]) -> str | None:
    return tags.get(BACKFILL_ID_TAG) or tags.get(BACKFILL)


def sizes(instance: dg.DagsterInstance, limit: int = 20) -> dict[str, int]:
    """How many partitions Dagster's newest backfills target, the newest first."""
    found: dict[str, int] = {}
    for backfill in instance.get_backfills(limit=limit):
        told = backfill.asset_backfill_data
        if told is not None:
            subsets = told.target_subset.partitions_subsets_by_asset_key.values()
            found[backfill.backfill_id] = max((len(subset) for subset in subsets), default=0)
    return found
