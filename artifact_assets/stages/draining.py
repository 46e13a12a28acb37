"""Working off every write that is due, whatever meeting it belongs to.

What belongs here: which writes those are, their order, the share of each destination and what is counted. What does not: a
single write (see ``delivery``), what becomes of the meetings (see ``concluding``) and Dagster (the drain job calls this).

Each destination is worked off by itself, within the number of requests it may have in flight, oldest first: a slow or
poisoned one holds up nobody else. Of one record at most one write is ever due, so that order within a record is kept.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.records import Intent
from artifact_assets.stages.delivery import Delivery
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.gate import shut

AT_ONCE = 20
BATCH = 500


@dataclass
class Drained:
    """How a drain went: writes by the state they ended in, and the meetings that may go on now."""

    states: Counter[str] = field(default_factory=Counter[str])
    meetings: set[str] = field(default_factory=set[str])


async def workable(equipment: Equipment, limit: int) -> list[Intent]:
    """Due writes, oldest first, that a drain would get anywhere with.

    Left out are those of a meeting that a live walk holds, which works them off itself, and those of a destination that is
    shut.
    """
    clock, ledger = equipment.clock, equipment.ledger
    due = await ledger.due(clock.now(), limit)
    rows = {row.name: row for row in await ledger.destination_rows()}
    closed = {name for name, row in rows.items() if shut(row, clock.now()) is not None}
    held = await _held(equipment, {intent.meeting_id for intent in due})
    return [
        intent
        for intent in due
        if intent.destination in equipment.destinations
        and intent.destination not in closed
        and intent.meeting_id not in held
    ]


async def drain(equipment: Equipment, owner: str, *, limit: int = 5000) -> Drained:
    """Work off up to ``limit`` due writes. Returns when nothing more is due."""
    drained, tried = Drained(), set[str]()
    await Delivery(equipment, owner).lapse(())
    while len(tried) < limit:
        due = await equipment.ledger.due(equipment.clock.now(), BATCH + len(tried))
        held = await _held(equipment, {intent.meeting_id for intent in due})
        fresh = [i for i in due if i.intent_key not in tried and i.meeting_id not in held][: limit - len(tried)]
        if not fresh:
            return drained
        tried.update(intent.intent_key for intent in fresh)
        known = {row.intent_key: row for row in await _of_meetings(equipment, fresh)}
        by_destination: dict[str, list[Intent]] = {}
        for intent in fresh:
            by_destination.setdefault(intent.destination, []).append(intent)
        await asyncio.gather(
            *(_work_off(equipment, Delivery(equipment, owner, known), rows) for rows in by_destination.values())
        )
        for intent in fresh:
            drained.states[known[intent.intent_key].state.value] += 1
            drained.meetings.add(intent.meeting_id)
    return drained


async def _held(equipment: Equipment, meeting_ids: Iterable[str]) -> set[str]:
    """Meetings that somebody alive is walking."""
    now = equipment.clock.now()
    return {
        meeting.meeting_id
        for meeting in await equipment.ledger.meetings(ids=sorted(meeting_ids))
        if meeting.lease_owner is not None
        and (meeting.lease_until is None or meeting.lease_until > now)
        and not equipment.is_gone(meeting.lease_owner)
    }


async def _of_meetings(equipment: Equipment, due: Sequence[Intent]) -> list[Intent]:
    """Every write of the meetings with something due: what came before decides what may be overwritten."""
    rows: list[Intent] = []
    for meeting_id in sorted({intent.meeting_id for intent in due}):
        rows += await equipment.ledger.intents(meeting_id=meeting_id)
    return rows


async def _work_off(equipment: Equipment, delivery: Delivery, intents: list[Intent]) -> None:
    settings = equipment.configuration.destinations.get(intents[0].destination)
    # A few more than may be in flight: while some wait for the ledger, the others keep the destination busy. Where a request
    # takes many rows, so many have to be under way.
    in_flight = settings.limits.in_flight if settings is not None else AT_ONCE
    workers = max(int(1.5 * in_flight), 2 * await _rows(equipment, intents))
    waiting = iter(intents)

    async def work() -> None:
        for intent in waiting:
            await delivery.advance(intent)

    await asyncio.gather(*(work() for _ in range(min(workers, len(intents)))))


async def _rows(equipment: Equipment, intents: Sequence[Intent]) -> int:
    """How many writes one request of the destination takes; 0 where none gather or the destination cannot be asked."""
    destination = equipment.destinations.get(intents[0].destination)
    if destination is None:
        return 0
    try:
        each = [(await destination.capability(operation)).rows for operation in {i.operation for i in intents}]
    except PipelineError:
        return 0
    return max((rows for rows in each if rows > 1), default=0)
