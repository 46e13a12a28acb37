"""Gathering the rows of a digest and sending it.

What belongs here: which rows, and titles where the configuration shows words. What does not: wording (see ``domain.digest``)
and when (a schedule's job calls this). Nothing here changes a meeting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from artifact_assets.domain.digest import Day, digest_of_day
from artifact_assets.domain.messages import Message, Messages
from artifact_assets.domain.records import Intent, Meeting
from artifact_assets.domain.states import MEETING_STATES, MeetingState, Stage
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.reading_back import readable_case

AT_ONCE = 100


async def send_digest(equipment: Equipment, messages: Messages, start: datetime) -> Message:
    """Send the digest of the UTC day that began at ``start``. Raises PipelineError when it was not accepted."""
    message = await digest(equipment, start)
    await messages.send(message)
    return message


async def digest(equipment: Equipment, start: datetime) -> Message:
    """The digest of that day."""
    ledger, policy = equipment.ledger, equipment.configuration.digest
    waiting = [m for state in _WAITING for m in await ledger.meetings(state=state)]
    rows = [m for state, rule in MEETING_STATES.items() if rule.terminal for m in await ledger.meetings(state=state)]
    day = Day(start, rows, (), waiting)
    ended = [m for m in rows if day.start <= m.updated_at < day.end]
    named = [*ended[: policy.most_meetings], *waiting[: policy.most_meetings]]
    titles = await _titles(equipment, named if equipment.configuration.quotes_in_ui else ())
    return digest_of_day(Day(start, ended, await _writes(equipment, ended), waiting, titles), policy)


_WAITING = (MeetingState.AWAITING_REVIEW, MeetingState.PARTIALLY_DELIVERED, MeetingState.QUARANTINED)


async def _writes(equipment: Equipment, ended: Sequence[Meeting]) -> list[Intent]:
    found: list[Intent] = []
    for at in range(0, len(ended), AT_ONCE):
        rows = (equipment.ledger.intents(meeting_id=m.meeting_id) for m in ended[at : at + AT_ONCE])
        found += [intent for each in await asyncio.gather(*rows) for intent in each]
    return found


async def _titles(equipment: Equipment, named: Sequence[Meeting]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for meeting in named:
        case = await readable_case(equipment, meeting.meeting_id)
        if case is not None and Stage.NORMALIZED in case.documents:
            found[meeting.meeting_id] = (await case.transcript()).title or ""
    return found
