"""A run worker that lives and does nothing is ended after two looks; nobody else is."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.tags import GRPC_INFO_TAG

from artifact_assets.definitions import JOB
from artifact_assets.wiring import end_owner
from resources.processes import age_seconds
from sensors.drain import drain_sensor
from tests.clock import ScriptedClock
from tests.pipeline.world import World, opened_world

LEASE = 60.0
LAUNCHED = {GRPC_INFO_TAG: "{}"}


@pytest.fixture
def world(tmp_path: Path, clock: ScriptedClock) -> Generator[World]:
    with opened_world(tmp_path, clock=clock, wrap=lambda e: replace(e, end_owner=end_owner)) as opened:
        yield opened


@pytest.fixture
def worker() -> Generator[subprocess.Popen[bytes]]:
    """A process that is stopped, as one that swaps or hangs in the kernel."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as process:
        os.kill(process.pid, signal.SIGSTOP)
        yield process
        process.kill()


def looks(world: World, cursor: str | None = None) -> str | None:
    """One tick of the drain sensor; what it remembers."""
    with dg.build_sensor_context(
        instance=world.instance, resources={"equipment": world.equipment}, cursor=cursor
    ) as context:
        told = drain_sensor(JOB)(context)
    assert isinstance(told, dg.SensorResult)
    return told.cursor or cursor


def held(world: World, pid: int, tags: dict[str, str], *, status: str = "STARTED", stamp: int | None = None) -> str:
    """A meeting held by a process for a run of Dagster's; the owner."""
    run = dg.DagsterRun(job_name=JOB, status=dg.DagsterRunStatus(status), tags=tags)
    world.instance.run_storage.add_run(run)
    (key,) = world.receive(world.write("renewal.txt"))
    owner = f"{run.run_id}@{socket.gethostname()}:{pid}:{stamp or time.time_ns()}"
    assert asyncio.run(world.ledger.begin(key, owner, LEASE)) is not None
    return owner


def lives(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(0.5)
    except subprocess.TimeoutExpired:
        return True
    return False


def test_a_worker_that_renews_nothing_is_ended_and_its_run_says_so(
    world: World, clock: ScriptedClock, worker: subprocess.Popen[bytes]
) -> None:
    owner = held(world, worker.pid, LAUNCHED)
    clock.forward(LEASE + 1)
    assert looks(world) is None, "one renewal may be late"
    clock.forward(LEASE)
    seen = looks(world)
    assert lives(worker), "one look is not enough"
    clock.forward(30)
    looks(world, seen)
    assert worker.wait(30) == -signal.SIGKILL
    told = [str(event.message) for event in world.instance.all_logs(owner.partition("@")[0])]
    assert any("the process was ended" in line for line in told)


def test_a_run_whose_worker_died_with_its_code_server_is_called_failed(
    world: World, clock: ScriptedClock, worker: subprocess.Popen[bytes]
) -> None:
    """Nobody else notices it: Dagster's launcher asks the code server, and the new one knows nothing of the run."""
    owner = held(world, worker.pid, LAUNCHED)
    worker.kill()
    worker.wait()
    clock.forward(-3600)  # a clock that was set back: the lease would run out in an hour
    seen = looks(world)
    run_id = owner.partition("@")[0]
    assert status_of(world, run_id) is dg.DagsterRunStatus.STARTED, "one look is not enough"
    clock.forward(30)
    looks(world, seen)
    assert status_of(world, run_id) is dg.DagsterRunStatus.FAILURE


def test_so_is_one_whose_meetings_others_took_over_meanwhile(
    world: World, clock: ScriptedClock, worker: subprocess.Popen[bytes]
) -> None:
    """What it had not begun yet is left to it, and would wait for it until its longest time."""
    owner = held(world, worker.pid, LAUNCHED)
    worker.kill()
    worker.wait()
    seen = looks(world)
    other = f"another@{socket.gethostname()}:{os.getpid()}:{time.time_ns()}"
    assert asyncio.run(world.ledger.begin("renewal", other, LEASE, displacing=owner)) is not None
    clock.forward(30)
    looks(world, seen)
    assert status_of(world, owner.partition("@")[0]) is dg.DagsterRunStatus.FAILURE


def status_of(world: World, run_id: str) -> dg.DagsterRunStatus:
    run = world.instance.get_run_by_id(run_id)
    assert run is not None
    return run.status


def test_one_that_renews_between_two_looks_is_left_alone(
    world: World, clock: ScriptedClock, worker: subprocess.Popen[bytes]
) -> None:
    owner = held(world, worker.pid, LAUNCHED)
    clock.forward(3600)  # the machine slept, or its clock was set forward
    seen = looks(world)
    assert seen is not None
    asyncio.run(world.ledger.renew(["renewal"], owner, LEASE))
    clock.forward(30)
    seen = looks(world, seen)
    clock.forward(3 * LEASE)
    looks(world, seen)
    assert lives(worker)


@pytest.mark.parametrize(
    ("tags", "status"), [({}, "STARTED"), (LAUNCHED, "FAILURE")], ids=["a command of somebody's", "a run that is over"]
)
def test_what_dagster_did_not_launch_or_does_not_wait_for_is_left_alone(
    world: World, clock: ScriptedClock, worker: subprocess.Popen[bytes], tags: dict[str, str], status: str
) -> None:
    held(world, worker.pid, tags, status=status)
    clock.forward(3 * LEASE)
    seen = looks(world)
    looks(world, seen)
    assert lives(worker)


def test_another_process_that_got_the_number_is_left_alone(
    world: World, clock: ScriptedClock, worker: subprocess.Popen[bytes]
) -> None:
    hour = 3600 * 1_000_000_000
    held(world, worker.pid, LAUNCHED, stamp=time.time_ns() - hour)
    clock.forward(3 * LEASE)
    seen = looks(world)
    assert seen is not None
    looks(world, seen)
    assert lives(worker)


def test_the_age_of_a_process_is_told_and_of_none_is_not(worker: subprocess.Popen[bytes]) -> None:
    age = age_seconds(worker.pid)
    assert age is not None
    assert 0 <= age < 600
    worker.kill()
    worker.wait()
    assert age_seconds(worker.pid) is None
