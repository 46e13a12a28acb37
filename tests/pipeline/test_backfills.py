"""Backfills beside live meetings: paused and resumed across runs, in a lane of their own, and never requested twice."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import dagster as dg
import pytest
import yaml
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin
from dagster._core.run_coordinator import SubmitRunContext
from dagster._utils.tags import TagConcurrencyLimitsCounter

from artifact_assets.definitions import JOB
from artifact_assets.domain.backfills import Pace
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.states import MeetingState, Stage
from artifact_assets.instance import LOCAL_PROFILE
from artifact_assets.lanes import BACKFILL, LANE
from artifact_assets.partitions import register
from resources.ledger.backfills import SqlBackfills
from sensors.drain import LEFT_BEHIND_AFTER, drain_sensor
from tests.clock import ScriptedClock
from tests.pipeline.world import World, opened_world

ORIGIN = RemoteJobOrigin(
    RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("meeting_artifacts"), "__repository__"), JOB
)
OF_BACKFILL = {"dagster/backfill": "b1"}


@pytest.fixture
def world(tmp_path: Path, clock: ScriptedClock) -> Generator[World]:
    def with_backfills(equipment: Any) -> Any:
        return replace(equipment, backfills=SqlBackfills(equipment.ledger, clock, Pace()))

    with opened_world(tmp_path, clock=clock, wrap=with_backfills) as opened:
        yield opened


def tick(world: World) -> list[dg.RunRequest]:
    with dg.build_sensor_context(instance=world.instance, resources={"equipment": world.equipment}) as context:
        told = drain_sensor(JOB)(context)
    assert isinstance(told, dg.SensorResult)
    return list(told.run_requests or [])


def switch(world: World, clock: ScriptedClock, *, paused: bool) -> None:
    asyncio.run(world.equipment.backfills.switch("b1", paused=paused, who="sam", why="month end", now=clock.now()))
    clock.forward(2)


def states(world: World) -> dict[str, MeetingState]:
    return {name: meeting.state for name, meeting in world.meetings().items()}


def test_a_paused_backfill_is_put_off_beside_live_meetings_and_goes_on_in_its_lane(
    world: World, clock: ScriptedClock
) -> None:
    old = world.receive(world.write("old-1.txt"), world.write("old-2.txt"))
    switch(world, clock, paused=True)
    assert not world.run(old, tags=OF_BACKFILL).success
    for name in old:
        meeting = world.meetings()[name]
        assert (meeting.state, meeting.failure_class) == (MeetingState.DEFERRED, FailureClass.BACKFILL_PAUSED)
        assert (meeting.backfill, meeting.next_attempt_at) == ("b1", None)
        assert "sam (month end)" in str(meeting.cause)
    assert world.status(Stage.TRANSCRIPT) == (set(), set(old)), "nothing was begun, and Dagster shows it"

    new = world.receive(world.write("new.txt"))
    assert world.run(new).success
    assert states(world)["new"] is MeetingState.DELIVERED
    clock.forward(24 * 3600)
    assert tick(world) == [], "however long it lasts"

    switch(world, clock, paused=False)
    (request,) = tick(world)
    assert (request.tags[BACKFILL], request.tags["dagster/priority"]) == ("b1", "-10")
    resumed = {key: value for key, value in request.tags.items() if key == BACKFILL}
    assert world.run(old, tags=resumed).success
    assert {meeting.backfill for meeting in world.meetings().values()} == {"b1", None}
    assert set(states(world).values()) == {MeetingState.DELIVERED}
    assert tick(world) == []


def test_a_pause_holds_back_what_was_not_begun_and_lets_the_rest_end(world: World, clock: ScriptedClock) -> None:
    old = world.receive(world.write("old-1.txt"), world.write("old-2.txt"))
    assert world.run(old[:1], tags=OF_BACKFILL).success
    switch(world, clock, paused=True)
    assert not world.run(old, tags=OF_BACKFILL).success
    assert states(world)["old-2"] is MeetingState.DEFERRED
    assert len(world.written()) > 0


def test_a_person_who_runs_one_meeting_of_a_backfill_gets_it_at_once(world: World, clock: ScriptedClock) -> None:
    old = world.receive(world.write("old-1.txt"))
    switch(world, clock, paused=True)
    assert not world.run(old, tags=OF_BACKFILL).success
    assert world.run(old).success
    assert world.meetings()["old-1"].backfill is None


def test_what_a_queued_run_covers_is_not_requested_again(world: World, clock: ScriptedClock) -> None:
    keys = world.receive(*(world.write(f"old-{n}.txt") for n in range(4)))
    register(world.instance, world.ledger, keys)
    clock.forward(LEFT_BEHIND_AFTER.total_seconds() + 1)
    ends = {"dagster/asset_partition_range_start": keys[0], "dagster/asset_partition_range_end": keys[2]}
    queued(world.instance, ends)
    assert [request.partition_key for request in tick(world)] == [keys[3]]
    queued(world.instance, {"dagster/partition": keys[3]})
    assert tick(world) == []


def queued(instance: dg.DagsterInstance, tags: Mapping[str, str], status: str = "QUEUED") -> dg.DagsterRun:
    """A run in Dagster's storage."""
    run = dg.DagsterRun(job_name=JOB, status=dg.DagsterRunStatus(status), tags=dict(tags), remote_job_origin=ORIGIN)
    return instance.run_storage.add_run(run)


@pytest.fixture
def instance(tmp_path: Path) -> Generator[dg.DagsterInstance]:
    """One with the local profile's queue."""
    profile = yaml.safe_load(LOCAL_PROFILE.read_text())
    overrides = {"run_coordinator": profile["run_coordinator"], "telemetry": {"enabled": False}}
    with dg.DagsterInstance.local_temp(str(tmp_path), overrides=overrides) as opened:
        yield opened


def submitted(instance: dg.DagsterInstance, **tags: str) -> dg.DagsterRun:
    """A run as it stands in the queue."""
    run = queued(instance, {name.replace("__", "/"): value for name, value in tags.items()}, "NOT_STARTED")
    instance.run_coordinator.submit_run(SubmitRunContext(run, cast("Any", None)))
    found = instance.get_run_by_id(run.run_id)
    assert found is not None
    return found


def test_every_run_is_marked_with_its_lane_before_it_is_queued(instance: dg.DagsterInstance) -> None:
    live = submitted(instance)
    backfill = submitted(instance, dagster__backfill="b1")
    resumed = submitted(instance, artifacts__backfill="b1", dagster__priority="-3")
    upkeep = submitted(instance, artifacts__lane="upkeep")
    assert [run.tags[LANE] for run in (live, backfill, resumed, upkeep)] == ["live", "backfill", "backfill", "upkeep"]
    assert [run.tags["dagster/priority"] for run in (live, backfill, resumed, upkeep)] == ["10", "-10", "-3", "1"]
    assert backfill.tags[BACKFILL] == "b1"


def test_a_re_execution_of_a_finished_backfill_takes_no_live_place(instance: dg.DagsterInstance) -> None:
    """Dagster takes its own tag away once the backfill is over; what is left is the run it began with."""
    first = submitted(instance, dagster__backfill="b1")
    again = submitted(instance, dagster__root_run_id=first.run_id, dagster__parent_run_id=first.run_id)
    live = submitted(instance)
    limits = yaml.safe_load(LOCAL_PROFILE.read_text())["run_coordinator"]["config"]["tag_concurrency_limits"]
    running = [submitted(instance, dagster__backfill="b1") for _ in range(2)]
    counter = TagConcurrencyLimitsCounter(limits, running)
    assert (again.tags[LANE], again.tags[BACKFILL]) == ("backfill", "b1")
    assert counter.is_blocked(again)
    assert not counter.is_blocked(live)


def test_no_profile_lets_backfills_and_upkeep_fill_the_queue() -> None:
    queue = yaml.safe_load(LOCAL_PROFILE.read_text())["run_coordinator"]["config"]
    capped = {limit["value"]: limit["limit"] for limit in queue["tag_concurrency_limits"] if limit["key"] == LANE}
    assert set(capped) == {"backfill", "upkeep"}
    assert sum(capped.values()) < queue["max_concurrent_runs"]
