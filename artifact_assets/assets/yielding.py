"""The processor: a backfill's run leaves it to live ones.

What belongs here: lowering the priority of a run's process. What does not: which lane a run is in (see ``lanes``) and the other
things a backfill yields at (budgets, the queue, the ramp).
"""

from __future__ import annotations

import os

import dagster as dg
from dagster._core.storage.tags import GRPC_INFO_TAG

from artifact_assets.lanes import LANE, LIVE_LANE

NICENESS = 10
"""A process of usual priority gets about nine times as much of a busy processor as one at this (sched(7))."""


def yield_processor(run: dg.DagsterRun) -> bool:
    """Lower the priority of this process if it is there for a run that may wait; tells whether it did.

    Only of processes that Dagster's launcher started for the run alone: a priority cannot be raised again, and a warm worker's
    next run may be a live one. Called before threads are started, which inherit it.
    """
    if GRPC_INFO_TAG not in run.tags or run.tags.get(LANE, LIVE_LANE) == LIVE_LANE:
        return False
    os.nice(max(0, NICENESS - os.nice(0)))
    return True
