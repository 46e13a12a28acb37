"""The run queue, with every run in a queue of its own kind.

What belongs here: writing a run's queue down when it is submitted. What does not: the rule (see ``queues``).

The tag is written and not only acted upon: limits per queue count tags, the UI filters by them, and a re-executed run of a
backfill that is over has lost its backfill tag but keeps this one. The lane (see ``lanes``) is written too.
"""

from __future__ import annotations

from dagster import DagsterRun
from dagster._core.run_coordinator import SubmitRunContext
from typing_extensions import override

from artifact_assets.lanes import LanesRunCoordinator, backfill_of, marks
from artifact_assets.workers.queues import QUEUE_TAG, queue_of


class TwoQueueCoordinator(LanesRunCoordinator):
    """Dagster's queued run coordinator; takes the same configuration."""

    @override
    def submit_run(self, context: SubmitRunContext) -> DagsterRun:
        """Queue the run under the tag of its queue."""
        run = context.dagster_run
        if QUEUE_TAG not in run.tags:
            marked = {**run.tags, **marks(run.tags, backfill_of(self._instance, run))}
            self._instance.add_run_tags(run.run_id, {QUEUE_TAG: queue_of(marked)})
        return super().submit_run(context)
