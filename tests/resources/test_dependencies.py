"""Health, rates and spending shared by processes, on both databases. Two ledgers on one database stand for processes."""

from __future__ import annotations

import asyncio
from collections.abc import Generator

import pytest

from artifact_assets.domain.budgets import Amount, BudgetPolicy, Cap, Exceeded, scopes
from artifact_assets.domain.dependency import BreakerPolicy, HealthState
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.model_ports import ProviderLimits
from artifact_assets.domain.rates import RatePolicy
from resources.ledger.dependencies import SqlDependencies
from resources.ledger.ledger import open_ledger
from tests.clock import NOON, ScriptedClock
from tests.conftest import TENANT

BREAKER = BreakerPolicy(failures=2, pause_seconds=10, probe_seconds=20, ramp_seconds=0)
RATE = RatePolicy(requests_per_minute=60, burst_seconds=10, live_reserve=0)
Pair = tuple[SqlDependencies, SqlDependencies]


@pytest.fixture
def pair(ledger_url: str, clock: ScriptedClock) -> Generator[Pair]:
    # The server's own time would not stand still for the test.
    ledgers = [open_ledger(ledger_url, tenant=TENANT, clock=clock, database_time=False) for _ in range(2)]
    yield SqlDependencies(ledgers[0], clock), SqlDependencies(ledgers[1], clock)
    for ledger in ledgers:
        ledger.close()


async def fail(dependencies: SqlDependencies, *, park: bool = False) -> None:
    await dependencies.failed("m", BREAKER, FailureClass.MODEL_UNAVAILABLE, "It is down.", park=park)


def test_failures_of_all_processes_open_one_breaker_and_one_probe_closes_it(pair: Pair, clock: ScriptedClock) -> None:
    async def run() -> None:
        one, other = pair
        assert (await other.admit("m", BREAKER, live=True)).admitted
        await fail(one)
        await fail(one)
        clock.forward(2)
        refused = await other.admit("m", BREAKER, live=True)
        assert not refused.admitted
        assert refused.next_attempt_at is not None
        clock.forward(10)
        probes = await asyncio.gather(*(who.admit("m", BREAKER, live=True) for who in (one, other, one, other)))
        assert sum(probe.admitted for probe in probes) == 1
        await one.succeeded("m")
        clock.forward(2)
        assert (await other.admit("m", BREAKER, live=True)).health.state is HealthState.UP

    asyncio.run(run())


def test_a_person_pauses_and_resumes_for_everybody(pair: Pair, clock: ScriptedClock) -> None:
    async def run() -> None:
        one, other = pair
        await one.pause("m", "sam", "new contract")
        clock.forward(100_000)
        assert not (await other.admit("m", BREAKER, live=True)).admitted
        (health,) = await other.health()
        assert (health.who, health.cause, health.next_attempt_at) == ("sam", "new contract", None)
        await other.resume("m")
        clock.forward(2)
        assert (await one.admit("m", BREAKER, live=True)).admitted

    asyncio.run(run())


def test_one_rate_budget_for_all_processes(pair: Pair, clock: ScriptedClock) -> None:
    async def run() -> None:
        asked = await asyncio.gather(*(pair[n % 2].take("m", RATE, 1, live=True) for n in range(40)))
        assert sum(wait == 0 for wait in asked) == 10
        clock.forward(3)
        asked = await asyncio.gather(*(pair[n % 2].take("m", RATE, 1, live=True) for n in range(40)))
        assert sum(wait == 0 for wait in asked) == 3

    asyncio.run(run())


def test_a_429_in_one_process_holds_the_others_back(pair: Pair, clock: ScriptedClock) -> None:
    async def run() -> None:
        one, other = pair
        free = RatePolicy()
        assert await other.take("m", free, 1, live=True) == 0
        await one.throttled("m", free, 30)
        clock.forward(2)
        assert await other.take("m", free, 1, live=True) == 28
        clock.forward(40)
        assert await other.take("m", free, 1, live=True) == 0

    asyncio.run(run())


def test_headers_in_one_process_limit_the_others(pair: Pair, clock: ScriptedClock) -> None:
    async def run() -> None:
        one, other = pair
        free = RatePolicy()
        limits = ProviderLimits(requests_per_minute=60, requests_left=2)
        await one.observed("m", free, limits, 0)
        clock.forward(0.01)
        waits = [await other.take("m", free, 1, live=True) for _ in range(3)]
        assert [wait == 0 for wait in waits] == [True, True, False]
        (told,) = await other.rates()
        assert told.requests.per_minute == 60

    asyncio.run(run())


def test_reservations_keep_calls_under_way_below_the_cap(pair: Pair, clock: ScriptedClock) -> None:
    caps = scopes(BudgetPolicy(day=Cap(tokens=1000), meeting=Cap(calls=50)), NOON, "m-1")

    async def run() -> None:
        asked = await asyncio.gather(
            *(pair[n % 2].reserve("m", f"call-{n}", Amount(1, 300), caps, 60) for n in range(10))
        )
        assert sum(told is None for told in asked) == 3
        refused = next(told for told in asked if told is not None)
        assert refused == Exceeded("day:2026-11-17", "tokens", refused.used, Cap(tokens=1000))
        granted = [n for n, told in enumerate(asked) if told is None]
        for n in granted:
            await pair[0].spend("m", f"call-{n}", Amount(1, 100, 0.5), tuple(caps))
        assert (await pair[1].spent("m"))["day:2026-11-17"] == Amount(3, 300, 1.5)
        assert await pair[1].reserve("m", "late", Amount(1, 700), caps, 60) is None
        # Its process died: the reservation lapses.
        clock.forward(61)
        assert await pair[0].reserve("m", "next", Amount(1, 700), caps, 60) is None

    asyncio.run(run())


def test_a_call_repeated_by_its_own_key_is_reserved_once(pair: Pair) -> None:
    caps = scopes(BudgetPolicy(day=Cap(tokens=1000)), NOON)

    async def run() -> None:
        for _ in range(5):
            assert await pair[0].reserve("m", "same", Amount(1, 900), caps, 60) is None

    asyncio.run(run())
