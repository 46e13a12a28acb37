"""A backfill calls the model no faster than it was told, nothing while it is paused, and never beyond its cost."""

from __future__ import annotations

from collections.abc import Generator
from datetime import timedelta
from typing import Any

import pytest

from artifact_assets.domain.backfills import Pace
from artifact_assets.domain.brief import Errand
from artifact_assets.domain.failures import Deferral, FailureClass, PipelineError
from artifact_assets.domain.model_policy import ModelPolicy, Prices
from artifact_assets.domain.model_ports import Message, ModelRequest
from artifact_assets.extraction.model.permission import Permission
from artifact_assets.extraction.model.turns import Turns
from resources.ledger.backfills import SqlBackfills
from resources.ledger.dependencies import SqlDependencies
from resources.ledger.ledger import SqlLedger, open_ledger
from tests.clock import ScriptedClock
from tests.conftest import TENANT

LIVE = Errand(meeting_id="m", run_id="r")
OLD = Errand(meeting_id="m", run_id="r", live=False, backfill="b1")
PRICED = ModelPolicy(prices=Prices(input=1000, output=1000), output_tokens=100)


@pytest.fixture
def ledger(sqlite_template: Any, tmp_path: Any, clock: ScriptedClock) -> Generator[SqlLedger]:
    import shutil

    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'ledger.db')}"
    with open_ledger(url, tenant=TENANT, clock=clock, database_time=False) as opened:
        yield opened


def permission(ledger: SqlLedger, clock: ScriptedClock, pace: Pace, policy: ModelPolicy | None = None) -> Permission:
    book = SqlBackfills(ledger, clock, pace)
    return Permission("m", SqlDependencies(ledger, clock), clock, policy or ModelPolicy(), book, Turns())


def request(number: int) -> ModelRequest:
    return ModelRequest(
        provider="m", model="fake", messages=(Message("user", f"{number}"),), schema_name="s", schema={}
    )


async def test_calls_a_minute_hold_for_the_backfill_and_not_for_live_meetings(
    ledger: SqlLedger, clock: ScriptedClock
) -> None:
    asking, started = permission(ledger, clock, Pace(calls_per_minute=60)), clock.now()
    for number in range(30):
        await asking.obtain(request(number), LIVE, clock.monotonic() + 999)
    assert clock.now() == started
    for number in range(40):
        await asking.obtain(request(number), OLD, clock.monotonic() + 999)
    # A bucket of ten seconds, then one a second.
    assert timedelta(seconds=29) <= clock.now() - started <= timedelta(seconds=40)


async def test_a_paused_backfill_sends_nothing_even_when_it_waited_in_line(
    ledger: SqlLedger, clock: ScriptedClock
) -> None:
    asking = permission(ledger, clock, Pace(calls_per_minute=6))
    await asking.obtain(request(0), OLD, clock.monotonic() + 999)
    await asking.backfills.switch("b1", paused=True, who="sam", why="x", now=clock.now())
    clock.forward(2)
    with pytest.raises(Deferral) as held:
        await asking.obtain(request(1), OLD, clock.monotonic() + 999)
    assert held.value.failure_class is FailureClass.BACKFILL_PAUSED
    await asking.obtain(request(2), LIVE, clock.monotonic() + 999)


async def test_a_backfills_cost_is_capped_and_what_is_over_waits(ledger: SqlLedger, clock: ScriptedClock) -> None:
    # A call may cost about 0.1 dollars here.
    asking = permission(ledger, clock, Pace(cost=0.25), PRICED)
    for number in range(2):
        await asking.obtain(request(number), OLD, clock.monotonic() + 999)
    with pytest.raises(Deferral) as over:
        await asking.obtain(request(2), OLD, clock.monotonic() + 999)
    assert over.value.failure_class is FailureClass.BUDGET_EXCEEDED
    assert over.value.next_attempt_at is not None
    await asking.obtain(request(99), LIVE, clock.monotonic() + 999)


async def test_a_cost_nobody_can_count_sends_nothing(ledger: SqlLedger, clock: ScriptedClock) -> None:
    with pytest.raises(PipelineError) as refused:
        await permission(ledger, clock, Pace(cost=5)).obtain(request(0), OLD, clock.monotonic() + 999)
    assert refused.value.failure_class is FailureClass.BUDGET_EXCEEDED
