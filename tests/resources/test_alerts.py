"""The book of alerts shared by processes, on both databases. Two ledgers on one database stand for processes."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from dataclasses import replace

import pytest

from artifact_assets.domain.alerts import Alert, Condition, Severity, opened
from resources.ledger.alerts import SqlAlerts
from resources.ledger.ledger import open_ledger
from tests.clock import NOON, ScriptedClock
from tests.conftest import TENANT

DEAD = Condition("dead_letters:hubspot", Severity.CRITICAL, "given up", "Nobody tries.", NOON, 3, "m", "type", "over")
Pair = tuple[SqlAlerts, SqlAlerts]
PAUSE = 30.0


@pytest.fixture
def pair(ledger_url: str, clock: ScriptedClock) -> Generator[Pair]:
    ledgers = [open_ledger(ledger_url, tenant=TENANT, clock=clock, database_time=False) for _ in range(2)]
    yield SqlAlerts(ledgers[0]), SqlAlerts(ledgers[1])
    for ledger in ledgers:
        ledger.close()


async def begun(book: SqlAlerts, alert: Alert, clock: ScriptedClock) -> Alert:
    taken = await book.begin(alert, clock.now(), PAUSE)
    assert taken is not None
    return taken


async def test_an_alert_comes_back_as_it_was_stored(pair: Pair, clock: ScriptedClock) -> None:
    taken = await begun(pair[0], opened(DEAD, NOON), clock)
    assert await pair[1].open_alerts() == (taken,)
    assert taken.condition == DEAD
    await pair[0].accepted(taken, clock.now())
    (told,) = await pair[1].open_alerts()
    assert (told.told, told.told_at, told.told_count, told.tries) == (1, NOON, 3, 0)


async def test_of_many_that_want_to_tell_the_same_one_may(pair: Pair, clock: ScriptedClock) -> None:
    alerts = [opened(DEAD, NOON), opened(DEAD, NOON.replace(second=1))] * 3
    taken = await asyncio.gather(*(pair[n % 2].begin(a, clock.now(), PAUSE) for n, a in enumerate(alerts)))
    assert sum(one is not None for one in taken) == 1
    assert len(await pair[0].open_alerts()) == 1


async def test_a_teller_that_died_is_followed_by_another_after_the_pause(pair: Pair, clock: ScriptedClock) -> None:
    first = await begun(pair[0], opened(DEAD, NOON), clock)
    clock.forward(PAUSE - 1)
    assert await pair[1].begin(first, clock.now(), PAUSE) is None
    clock.forward(1)
    assert (await begun(pair[1], first, clock)).tries == 2


async def test_seeing_it_again_forgets_nothing_of_what_was_told_meanwhile(pair: Pair, clock: ScriptedClock) -> None:
    first = await begun(pair[0], opened(DEAD, NOON), clock)
    await pair[0].accepted(first, clock.now())
    await pair[1].seen([replace(first, condition=replace(DEAD, count=9))])
    (row,) = await pair[0].open_alerts()
    assert (row.condition.count, row.told, row.tries) == (9, 1, 0)


async def test_what_is_resolved_is_gone_and_may_open_anew(pair: Pair, clock: ScriptedClock) -> None:
    first = await begun(pair[0], opened(DEAD, NOON), clock)
    await pair[0].accepted(first, clock.now())
    (told,) = await pair[0].open_alerts()
    await pair[0].resolved(told, clock.now())
    assert await pair[1].open_alerts() == ()
    await pair[1].seen([told])
    await pair[1].accepted(told, clock.now())
    assert await pair[1].open_alerts() == ()
    assert await pair[1].begin(told, clock.now(), PAUSE) is None
    clock.forward(60)
    assert (await begun(pair[1], opened(DEAD, clock.now()), clock)).alert_id != first.alert_id
