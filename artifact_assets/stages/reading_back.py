"""A meeting as it is stored, without a lease: for showing, judging again and previewing.

What belongs here: putting a case together from the latest checkpoints. What does not: changing anything.
"""

from __future__ import annotations

from artifact_assets.domain.erasure import ErasedContent, erased
from artifact_assets.domain.records import Opened
from artifact_assets.domain.retention import gone
from artifact_assets.domain.states import STAGES, MeetingState
from artifact_assets.stages.case import Case
from artifact_assets.stages.equipment import Equipment


async def stored_case(equipment: Equipment, meeting_id: str) -> Case | None:
    """The meeting with its latest documents; None when the ledger does not know it.

    Raises ErasedContent when its documents went, on request or by retention.
    """
    ledger = equipment.ledger
    meeting = await ledger.meeting(meeting_id)
    if meeting is None:
        return None
    if meeting.state is MeetingState.ERASED:
        raise erased(meeting_id)
    if meeting.documents_gone_at is not None:
        raise gone(meeting_id, meeting.documents_gone_at)
    opened = Opened(
        meeting,
        await ledger.checkpoints(meeting_id),
        await ledger.items(meeting_id),
        await ledger.intents(meeting_id=meeting_id),
    )
    case = Case(equipment, run_id=meeting.run_id or "", owner="", opened=opened, meeting=meeting)
    for stage in STAGES:
        checkpoint = opened.latest(stage)
        if checkpoint is None:
            break
        case.documents[stage] = checkpoint.document
    return case


async def readable_case(equipment: Equipment, meeting_id: str) -> Case | None:
    """The same for who looks through many; None also for one whose documents went."""
    try:
        return await stored_case(equipment, meeting_id)
    except ErasedContent:
        return None
