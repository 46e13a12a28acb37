"""Traces beside a run: their ids in the materializations, and sending them when the walk is over.

What belongs here: what Dagster shows of traces. What does not: drawing and sending them (see ``stages.tracing``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import dagster as dg

from artifact_assets.domain.records import Json
from artifact_assets.domain.telemetry import trace_id
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.result import MeetingResult
from artifact_assets.stages.tracing import Walked


def trace_metadata(equipment: Equipment, meeting_id: str, run_id: str) -> Json:
    """The id of the meeting's trace in this run; nothing when there are no traces."""
    return {} if equipment.tracing is None else {"trace_id": trace_id(meeting_id, run_id)}


async def send_traces(
    context: dg.AssetExecutionContext, equipment: Equipment, results: Sequence[MeetingResult], began: datetime
) -> None:
    """Send the traces of the walk. What could not be sent is told in the run's log, and fails nothing."""
    if equipment.tracing is None:
        return
    walked = Walked(context.run.run_id, began, equipment.clock.now())
    lost = await equipment.tracing.tell(results, walked)
    if lost:
        context.log.warning("%d of %d traces were not taken by the collector and are dropped.", lost, len(results))
