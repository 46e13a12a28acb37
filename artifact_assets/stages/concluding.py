"""Meetings whose writes were worked off outside a run of theirs, ended as such a run would have ended them.

What belongs here: which of them can be ended from what is stored, and the walk that does it. What does not: the writes (see
``draining``) and telling Dagster: the stage's events stay pending in the ledger and are reported by whoever comes next.
"""

from __future__ import annotations

from collections.abc import Iterable

from artifact_assets.domain.records import Checkpoint
from artifact_assets.domain.states import Stage
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.reading_back import readable_case
from artifact_assets.stages.result import MeetingResult
from artifact_assets.stages.staleness import reruns_of
from artifact_assets.stages.walk import Walk


async def conclude(equipment: Equipment, run_id: str, meeting_ids: Iterable[str]) -> tuple[MeetingResult, ...]:
    """Walk the last stage of each meeting; those whose earlier stages would run again are left to a whole run."""
    ready = [meeting_id for meeting_id in sorted(meeting_ids) if await _only_delivery_is_left(equipment, meeting_id)]
    return await Walk(equipment, run_id, frozenset({Stage.DELIVERED}), _report_later).over(ready)


async def _only_delivery_is_left(equipment: Equipment, meeting_id: str) -> bool:
    case = await readable_case(equipment, meeting_id)
    if case is None or Stage.VALIDATED not in case.documents:
        return False
    return all(rerun.stage is Stage.DELIVERED for rerun in await reruns_of(case))


def _report_later(checkpoint: Checkpoint, *, reused: bool) -> None:
    del checkpoint, reused
