"""Backfills shared by processes, on both databases. Two ledgers on one database stand for processes."""

from __future__ import annotations

import asyncio
from collections.abc import Generator

import pytest

from artifact_assets.domain.backfills import ALL, LIVE, Pace
from artifact_assets.domain.failures import Deferral, FailureClass
from artifact_assets.domain.states import MeetingState
from resources.ledger.backfills import FRESH_SECONDS, SqlBackfills
from resources.ledger.ledger import SqlLedger, open_ledger
from tests.clock import ScriptedClock
from tests.conftest import TENANT
from tests.contracts.ledger_values import arrival, later, stage_commit

CONFIGURED = Pace(at_once=20, cost=9)


@pytest.fixture
def other(ledger_url: str, clock: ScriptedClock) -> Generator[SqlLedger]:
    with open_ledger(ledger_url, tenant=TENANT, clock=clock, database_time=False) as opened:
        yield opened


async def test_a_pause_reaches_the_other_process_and_a_resume_too(
    ledger: SqlLedger, other: SqlLedger, clock: ScriptedClock
) -> None:
    here, there = SqlBackfills(ledger, clock, Pace()), SqlBackfills(other, clock, Pace())
    await there.hold("b1")
    for name in ("b1", ALL):
        await here.switch(name, paused=True, who="sam", why="month end", now=clock.now())
        clock.forward(FRESH_SECONDS + 0.1)
        with pytest.raises(Deferral) as held:
            await there.hold("b1")
        assert (held.value.failure_class, held.value.next_attempt_at) == (FailureClass.BACKFILL_PAUSED, None)
        assert "sam (month end)" in held.value.cause
        await there.hold(None)
        await there.hold(LIVE)
        await here.switch(name, paused=False, who="sam", why="done", now=clock.now())
        clock.forward(FRESH_SECONDS + 0.1)
        await there.hold("b1")


async def test_a_pace_is_chosen_for_one_for_all_at_launch_or_in_the_configuration(
    ledger: SqlLedger, clock: ScriptedClock
) -> None:
    book = SqlBackfills(ledger, clock, CONFIGURED, Pace(at_once=15))
    assert await book.pace("b1") == Pace(at_once=15, cost=9)
    await book.choose(ALL, Pace(calls_per_minute=60))
    await book.choose("b1", Pace(at_once=2))
    await book.choose("b1", Pace(calls_per_minute=30))
    assert await book.pace("b1") == Pace(at_once=2, calls_per_minute=30, cost=9)
    assert await book.pace("b2") == Pace(at_once=15, calls_per_minute=60, cost=9)
    await book.switch("b1", paused=True, who="sam", why="x", now=clock.now())
    assert (await book.pace("b1")).at_once == 2, "a pause changes no pace"


async def test_a_meeting_remembers_its_backfill_until_it_is_live_again(ledger: SqlLedger) -> None:
    await ledger.receive(arrival(), later(0))

    async def worked_for(backfill: str | None) -> str | None:
        opened = await ledger.begin("sync", "run-1", 60, backfill=backfill)
        assert opened is not None
        await ledger.release("sync", "run-1")
        found = await ledger.meeting("sync")
        assert found is not None
        assert found.backfill == opened.meeting.backfill
        return found.backfill

    assert await worked_for(None) is None
    assert await worked_for("b1") == "b1"
    assert await worked_for(None) == "b1"
    assert await worked_for(LIVE) is None
    assert await worked_for("b2") == "b2"
    revised, _ = await ledger.receive(arrival(content="b"), later(1))
    assert revised.backfill is None
    assert await ledger.meeting("sync") == revised


async def test_a_backfill_has_no_more_under_way_than_it_may_whoever_asks(
    ledger: SqlLedger, other: SqlLedger, clock: ScriptedClock
) -> None:
    for number in range(12):
        await ledger.receive(arrival(f"m{number:02d}"), clock.now())

    async def begin(number: int, backfill: str = "b1", most: int | None = 3) -> bool:
        run = ledger if number % 2 else other
        return await run.begin(f"m{number:02d}", f"run-{number % 2}", 60, backfill=backfill, at_once=most) is not None

    began = await asyncio.gather(*(begin(n) for n in range(8)))
    assert sum(began) == 3, "two runs that ask at the same time share the room"
    assert await begin(8, "b2"), "another backfill has room of its own"
    assert await begin(9, LIVE), "and live meetings are not bounded"
    assert await begin(10, most=None)
    (first, *_) = [n for n, taken in enumerate(began) if taken]
    assert await begin(first, most=4), "who has a place keeps it"
    assert not await begin(11, most=4)
    await (ledger if first % 2 else other).release(f"m{first:02d}", f"run-{first % 2}")
    assert await begin(11, most=4), "a place that was given back is taken"
    assert not await begin(first, most=4)
    clock.forward(61)
    assert await begin(first, most=1), "leases of the dead run out"


async def test_progress_counts_the_meetings_of_one_backfill_by_state(ledger: SqlLedger, clock: ScriptedClock) -> None:
    for number, (backfill, state) in enumerate(
        [("b1", MeetingState.FAILED), ("b1", MeetingState.FAILED), ("b1", MeetingState.NORMALIZED), ("b2", None)]
    ):
        await ledger.receive(arrival(f"m{number}"), clock.now())
        assert await ledger.begin(f"m{number}", "run-1", 60, backfill=backfill) is not None
        if state is not None:
            await ledger.commit(
                stage_commit(meeting_id=f"m{number}", owner="run-1", state=state, checkpoint=None, at=clock.now())
            )
        clock.forward(10)
    book = SqlBackfills(ledger, clock, Pace())
    found = await book.progress("b1", 10, clock.now())
    assert found.states == {MeetingState.FAILED: 2, MeetingState.NORMALIZED: 1}
    assert (found.done, found.per_minute) == (2, pytest.approx(2 / (40 / 60)))
    assert set(await book.names()) == {"b1", "b2"}
    clock.forward(600)
    assert (await book.progress("b1", 10, clock.now())).per_minute == 0
