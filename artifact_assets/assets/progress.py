"""How far a backfill is, as a tag of its running runs: the web UI shows it in its lists of runs and on each run's page.

What belongs here: writing that tag from time to time. What does not: counting (see ``domain.backfills``).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator

import dagster as dg

from artifact_assets.domain.failures import PipelineError
from artifact_assets.lanes import sizes
from artifact_assets.stages.equipment import Equipment

PROGRESS = "artifacts/progress"
INTERVAL_SECONDS = 15.0


@contextlib.asynccontextmanager
async def told(instance: dg.DagsterInstance, run_id: str, equipment: Equipment, backfill: str) -> AsyncGenerator[None]:
    """Keep the run's tag current while the block runs; live runs are short and get none."""
    if not backfill:
        yield
        return
    task = asyncio.create_task(_telling(instance, run_id, equipment, backfill))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _telling(instance: dg.DagsterInstance, run_id: str, equipment: Equipment, backfill: str) -> None:
    total = (await asyncio.to_thread(sizes, instance)).get(backfill)
    while True:
        await asyncio.sleep(INTERVAL_SECONDS)
        # A picture for people: when it cannot be drawn now, the next one will do.
        with contextlib.suppress(PipelineError):
            found = await equipment.backfills.progress(backfill, total, equipment.clock.now())
            await asyncio.to_thread(instance.add_run_tags, run_id, {PROGRESS: found.sentence})
