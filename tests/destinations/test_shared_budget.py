"""What a destination may be asked a second is one budget of all processes, and live requests go first."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime

import pytest

from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.rates import RatePolicy
from artifact_assets.domain.refusals import Refusal
from resources.http.budget import PATIENCE_SECONDS, Budget, Limits, Shared
from resources.ledger.dependencies import SqlDependencies
from resources.ledger.ledger import SqlLedger, open_ledger
from tests.clock import ScriptedClock
from tests.conftest import TENANT

RATE = RatePolicy(requests_per_minute=4 * 60, burst_seconds=1, live_reserve=0.25)
LIMITS = Limits(in_flight=50, per_second=1000)


@pytest.fixture
def other(ledger_url: str, clock: ScriptedClock) -> Generator[SqlLedger]:
    with open_ledger(ledger_url, tenant=TENANT, clock=clock, database_time=False) as opened:
        yield opened


def shared(ledger: SqlLedger, clock: ScriptedClock, *, live: bool) -> Shared:
    dependencies = SqlDependencies(ledger, clock)
    return lambda: dependencies.take("destination:crm", RATE, 0, live=live)


def budget(clock: ScriptedClock, taking: Shared) -> Budget:
    return Budget("crm", LIMITS, clock.now, clock.monotonic, clock.sleep, shared=taking)


async def ask(one: Budget, clock: ScriptedClock) -> datetime:
    async with one.spent(write=True):
        return clock.now()


async def test_two_processes_together_stay_within_what_one_may_ask(
    ledger: SqlLedger, other: SqlLedger, clock: ScriptedClock
) -> None:
    here, there = (budget(clock, shared(each, clock, live=True)) for each in (ledger, other))
    started = clock.now()
    for number in range(20):
        await ask((here, there)[number % 2], clock)
    # Four at once, then four a second.
    assert (clock.now() - started).total_seconds() >= 16 / 4 - 0.01


async def test_a_backfill_leaves_a_share_and_waits_while_a_live_request_does(
    ledger: SqlLedger, other: SqlLedger, clock: ScriptedClock
) -> None:
    live, backfill = shared(ledger, clock, live=True), shared(other, clock, live=False)
    assert [await backfill() == 0 for _ in range(4)] == [True, True, True, False]
    assert await live() == 0
    wait = await live()
    assert wait > 0
    clock.forward(wait * 0.9)
    assert await backfill() > 0
    clock.forward(wait * 0.2)
    assert await live() == 0


async def test_a_write_that_would_wait_too_long_is_put_off_unsent(clock: ScriptedClock) -> None:
    async def never() -> float:
        return PATIENCE_SECONDS / 4

    with pytest.raises(Refusal) as refused:
        await ask(budget(clock, never), clock)
    assert (refused.value.failure_class, refused.value.code) == (FailureClass.DESTINATION_RATE_LIMITED, "own_rate")
    assert sum(clock.sleeps) <= PATIENCE_SECONDS
