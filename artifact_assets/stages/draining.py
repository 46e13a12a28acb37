"""Working off every write that is due, whatever meeting it belongs to.

What belongs here: which writes those are, their order, the share of each destination and what is counted. What does not: a
single write (see ``delivery``), what becomes of the meetings (see ``concluding``) and Dagster (the drain job calls this).

Each destination is worked off by itself, within the number of requests it may have in flight, oldest first: a slow or
poisoned one holds up nobody else. Of one record at most one write is ever due, so that order within a record is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.records import Intent
from artifact_assets.stages.delivery import Delivery
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.gate import shut
from artifact_assets.stages.lane import Drained, Lane

AT_ONCE = 20
BATCH = 500


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
    """Work off up to ``limit`` due writes. Returns when nothing more is due.

    More is fetched before a destination runs out of work, so that none stands idle while the ledger is read.
    """
    drained, lanes, tried, short = Drained(), dict[str, Lane](), set[str](), asyncio.Event()
    await Delivery(equipment, owner).lapse(())
    try:
        while True:
            short.clear()
            fresh = await _fresh(equipment, tried, limit)
            tried.update(intent.intent_key for intent in fresh)
            rows = await equipment.ledger.intents_of(sorted({intent.meeting_id for intent in fresh})) if fresh else ()
            for name in sorted({intent.destination for intent in fresh}):
                mine = [intent for intent in fresh if intent.destination == name]
                if name not in lanes:
                    workers = await _workers(equipment, mine)
                    lanes[name] = Lane(Delivery(equipment, owner), workers, drained, short)
                lanes[name].add(mine, rows)
            # A lane that got through while the ledger was read may have made second halves due.
            if not fresh and not short.is_set() and not any(lane.working for lane in lanes.values()):
                return drained
            if not fresh:
                for lane in lanes.values():
                    lane.low = 0
            await short.wait()
            for lane in lanes.values():
                lane.raise_error()
    finally:
        await asyncio.gather(*(lane.stop() for lane in lanes.values()))


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


async def _fresh(equipment: Equipment, tried: set[str], limit: int) -> list[Intent]:
    due = await equipment.ledger.due(equipment.clock.now(), BATCH + len(tried)) if len(tried) < limit else ()
    new = [intent for intent in due if intent.intent_key not in tried]
    held = await _held(equipment, {intent.meeting_id for intent in new})
    return [intent for intent in new if intent.meeting_id not in held][: limit - len(tried)]


async def _workers(equipment: Equipment, intents: Sequence[Intent]) -> int:
    settings = equipment.configuration.destinations.get(intents[0].destination)
    # A few more than may be in flight: while some wait for the ledger, the others keep the destination busy. Where a request
    # takes many rows, so many have to be under way.
    in_flight = settings.limits.in_flight if settings is not None else AT_ONCE
    return max(int(1.5 * in_flight), 2 * await _rows(equipment, intents))


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
