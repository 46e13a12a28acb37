"""Run requests for meetings: as few ranges as their order allows.

What belongs here: keys, tags and priorities of requested runs. What does not: which meetings need one.
"""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from artifact_assets.domain.documents import digest_of
from artifact_assets.domain.ports import Ledger
from artifact_assets.domain.records import Meeting
from artifact_assets.lanes import BACKFILL, BACKFILL_LANE, PRIORITIES
from artifact_assets.partitions import ranges_of, register

PRIORITY_LIVE = "10"
PRIORITY_RESUMED = "5"
PRIORITY_BACKFILL = PRIORITIES[BACKFILL_LANE]
SOURCE = "artifacts/source"


def requests_for(
    instance: dg.DagsterInstance,
    ledger: Ledger,
    meetings: Sequence[Meeting],
    *,
    source: str,
    priority: str,
    partitions_per_run: int,
    backfill: str | None = None,
) -> list[dg.RunRequest]:
    """Partitions added where missing, and one request per contiguous range.

    The run key holds every meeting with its revision and attempt, so that a repeated tick requests nothing twice and a new
    revision or a further attempt is a new request. ``backfill`` is the one they were put off for: they stay in its lane.
    """
    if not meetings:
        return []
    by_id = {meeting.meeting_id: meeting for meeting in meetings}
    register(instance, ledger, list(by_id))
    return [
        dg.RunRequest(
            run_key=_run_key([by_id[key] for key in piece.keys]),
            partition_key=piece.keys[0] if len(piece.keys) == 1 else None,
            tags={
                **(piece.tags if len(piece.keys) > 1 else {}),
                "dagster/priority": priority,
                SOURCE: source,
                **({BACKFILL: backfill} if backfill else {}),
                "artifacts/meetings": str(len(piece.keys)),
            },
        )
        for piece in ranges_of(instance, list(by_id), partitions_per_run)
    ]


def _run_key(meetings: Sequence[Meeting]) -> str:
    first = meetings[0]
    if len(meetings) == 1:
        return f"{first.meeting_id}:{first.revision[:12]}:{first.attempts}"
    parts = [[meeting.meeting_id, meeting.revision, meeting.attempts] for meeting in meetings]
    return f"{first.meeting_id}+{len(meetings) - 1}:{digest_of(parts)[:16]}"
