"""What was put off or left behind is taken up again; what Dagster missed is told to it."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from artifact_assets.definitions import JOB
from artifact_assets.domain.destination import Receipt
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Intent
from artifact_assets.domain.states import STAGES, MeetingState, Stage
from sensors.drain import LEFT_BEHIND_AFTER, LEFT_TO_WRITES, drain_sensor
from tests.clock import ScriptedClock
from tests.crashes.faults import Death, DiesAtCall
from tests.pipeline.world import World, opened_world


class Shaky:
    """The real record store behind a connection that is down until somebody repairs it."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.down = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def send(self, intent: Intent, context: Any = None) -> Receipt:
        """Refuse while down."""
        if self.down:
            raise PipelineError(
                FailureClass.DESTINATION_UNAVAILABLE, "records cannot be reached, so nothing was written."
            )
        receipt: Receipt = await self._store.send(intent, context)
        return receipt


@pytest.fixture
def clock() -> ScriptedClock:
    return ScriptedClock()


@pytest.fixture
def world(tmp_path: Path, clock: ScriptedClock) -> Generator[World]:
    with opened_world(tmp_path, clock=clock) as opened:
        yield opened


def tick(world: World) -> list[dg.RunRequest]:
    context = dg.build_sensor_context(instance=world.instance, resources={"equipment": world.equipment})
    result = drain_sensor(JOB)(context)
    assert isinstance(result, dg.SensorResult)
    return list(result.run_requests or [])


def test_a_meeting_deferred_by_a_destination_that_is_down_resumes_when_it_is_due(
    world: World, clock: ScriptedClock
) -> None:
    shaky = Shaky(world.records)
    world.equipment = replace(world.equipment, destinations={"records": shaky})
    keys = world.receive(world.write("renewal.txt"))
    assert not world.run(keys).success
    deferred = world.meetings()["renewal"]
    assert deferred.state is MeetingState.DEFERRED
    assert deferred.next_attempt_at is not None
    assert "Deferred until" in str(deferred.cause)
    assert world.status(Stage.DELIVERED) == (set(), {"renewal"})
    assert tick(world) == []

    shaky.down = False
    clock.forward((deferred.next_attempt_at - clock.now()).total_seconds() + 1)
    assert tick(world) == [], "the drain of writes comes first"
    clock.forward(LEFT_TO_WRITES.total_seconds())
    (request,) = tick(world)
    assert (request.partition_key, request.tags["artifacts/source"]) == ("renewal", "resumed")
    assert world.run(keys).success
    assert world.meetings()["renewal"].state is MeetingState.DELIVERED
    assert tick(world) == []


def test_a_meeting_whose_run_was_lost_is_taken_up_again_and_a_held_one_is_not(
    world: World, clock: ScriptedClock
) -> None:
    world.receive(world.write("renewal.txt"))
    assert tick(world) == []
    clock.forward(LEFT_BEHIND_AFTER.total_seconds() + 1)
    assert asyncio.run(world.ledger.begin("renewal", "run@host:1:2", 3600)) is not None
    assert tick(world) == []
    asyncio.run(world.ledger.release("renewal", "run@host:1:2"))
    clock.forward(LEFT_BEHIND_AFTER.total_seconds() + 1)
    assert [request.partition_key for request in tick(world)] == ["renewal"]


def test_a_meeting_whose_owner_is_dead_is_taken_up_although_the_clock_was_set_back(
    world: World, clock: ScriptedClock
) -> None:
    world.receive(world.write("renewal.txt"))
    assert asyncio.run(world.ledger.begin("renewal", "run@host:1:2", 60)) is not None
    clock.forward(-3600)
    assert tick(world) == [], "an hour of lease lies ahead, and the owner may live"
    world.equipment = replace(world.equipment, is_gone="run@host:1:2".__eq__)
    assert [request.partition_key for request in tick(world)] == ["renewal"]


def lose_events(world: World) -> None:
    """Run one meeting; Dagster's event log takes nothing."""
    keys = world.receive(world.write("renewal.txt"))
    faults = DiesAtCall(10**9)
    missed = RuntimeError("the event log is gone")

    def lost(*_: Any, **__: Any) -> None:
        raise missed

    with faults.around_events(world.instance), suppress(Death, RuntimeError):
        faults.point = lost
        world.run(keys)
    assert world.status(Stage.DELIVERED)[0] == set()
    assert asyncio.run(world.ledger.pending(10))


def test_what_a_run_under_way_has_not_logged_yet_is_left_to_it(world: World) -> None:
    lose_events(world)
    (run,) = world.instance.get_runs()
    world.instance.delete_run(run.run_id)
    run = world.instance.add_run(run.with_status(dg.DagsterRunStatus.STARTED))
    tick(world)
    assert asyncio.run(world.ledger.pending(10))
    world.instance.report_run_failed(run)
    tick(world)
    assert world.status(Stage.TRANSCRIPT)[0] == {"renewal"}


def test_events_that_dagster_missed_are_reported_by_the_next_tick(world: World, clock: ScriptedClock) -> None:
    lose_events(world)
    clock.forward(timedelta(hours=1).total_seconds())
    tick(world)
    assert asyncio.run(world.ledger.pending(10)) == ()
    for stage in STAGES:
        assert world.status(stage)[0] == {"renewal"}
    assert set(world.check_statuses().values()) == {"SUCCEEDED"}
