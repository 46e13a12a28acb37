"""What a growing set of partitions costs: sensor ticks, the start of a backfill, a run over 200 meetings, the UI's queries.

What belongs here: filling a PostgreSQL deployment to a size and timing what is done all the time. What does not: the work
inside a meeting (see ``same_work``): the meetings are short and the rules extract.

The bystanders are finished meetings: in the ledger with their mark, in the partition set, materialized with all five assets and
checks where ``--history`` says so (copied from one real meeting inside the database). Each size runs in a process of its own,
so that memory is told apart. ``--stock`` uses Dagster's own event log.

``python -m benchmarks.partitions_bench [--sizes 1000,10000,100000] [--history] [--stock]``
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.execution.backfill import BulkActionStatus, PartitionBackfill
from dagster._core.test_utils import create_test_daemon_workspace_context
from dagster._core.workspace.load_target import PythonFileTarget
from dagster._daemon.backfill import execute_backfill_iteration  # pyright: ignore[reportUnknownVariableType] - its context is untyped

from artifact_assets.assets.specs import asset_key
from artifact_assets.definitions import JOB
from artifact_assets.domain.states import STAGES
from artifact_assets.in_process import materialize
from artifact_assets.partitions import MEETINGS, register
from artifact_assets.stages.arrival import notice
from artifact_assets.stages.equipment import Equipment
from benchmarks.same_work.processes import cpu_of_tree
from benchmarks.same_work.visibility import shown
from sensors.arrivals import arrivals_sensor
from sensors.drain import drain_sensor
from tests.event_storage.databases import OnPostgres
from tests.event_storage.instances import opened_instance
from tests.pipeline.world import TALK, World, meta, opened_world
from tests.postgres import Postgres, running_postgres

ROOT = Path(__file__).resolve().parents[1]
RUN = 200
NAME = str(MEETINGS.name)


def main() -> None:
    """One process a size, then the table of ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--history", action="store_true", help="materialize the bystanders too")
    parser.add_argument("--stock", action="store_true")
    parser.add_argument("--size", type=int, help="one size, in this process")
    arguments = parser.parse_args()
    if arguments.size:
        print(json.dumps(measured(arguments.size, history=arguments.history, stock=arguments.stock)))
        return
    more = [flag for flag in ("--history", "--stock") if getattr(arguments, flag[2:])]
    rows: list[dict[str, Any]] = []
    for size in arguments.sizes.split(","):
        command = [sys.executable, "-m", "benchmarks.partitions_bench", "--size", size, *more]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr[-3000:])
        rows.append(json.loads(done.stdout.splitlines()[-1]))
        print(json.dumps(rows[-1]), flush=True)
    kept = ("arrivals_tick_cpu_ms", "drain_tick_cpu_ms", "backfill_start_cpu_ms", "run_cpu_ms_per_meeting", "peak_mb")
    print(json.dumps({"last_to_first": {name: round(rows[-1][name] / rows[0][name], 2) for name in kept}}))


def measured(size: int, *, history: bool, stock: bool) -> dict[str, Any]:
    """Everything timed beside ``size`` partitions."""
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="partitions-") as name, running_postgres() as postgres:
        folder = Path(name)
        with (
            postgres.lent_database() as ledger_url,
            postgres.lent_database() as dagster_url,
            opened_instance(folder / "dagster", OnPostgres(postgres, dagster_url), grouped=not stock) as instance,
            opened_world(folder, ledger_url, instance=instance) as world,
        ):
            os.environ["DAGSTER_HOME"] = str(folder / "dagster")
            run(world, new_meetings(world, "template", 1))
            fill(world, postgres, ledger_url, dagster_url, size, history=history)
            bench = Bench(world, postgres.pid)
            told: dict[str, Any] = {
                "partitions": size,
                "history": history,
                "event_log": "stock" if stock else "grouped",
            }
            told |= bench.sensors() | bench.runs() | bench.backfills() | bench.listings()
            told["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
            return told


class Bench:
    """Times what is done all the time; processor time is of this process and the database together."""

    def __init__(self, world: World, server: int | None) -> None:
        """``server`` is the database's process, where it has one of its own."""
        self._world = world
        self._server = server

    def sensors(self) -> dict[str, Any]:
        """A tick that finds 200 new files, and one of the drain that finds nothing."""
        arrivals: list[float] = []
        for number in range(3):
            for index in range(RUN):
                self._world.write(f"tick-{number}-{index}.txt", TALK, meta(f"tick-{number}-{index}"))
            arrivals.append(self._spent(lambda: self._tick(arrivals_sensor(JOB)))[0])
        drains = [self._spent(lambda: self._tick(drain_sensor(JOB)))[0] for _ in range(3)]
        return {"arrivals_tick_cpu_ms": _ms(min(arrivals)), "drain_tick_cpu_ms": _ms(min(drains))}

    def runs(self, times: int = 3) -> dict[str, Any]:
        """Runs over 200 new meetings each."""
        told: list[tuple[float, float]] = []
        for number in range(times):
            keys = new_meetings(self._world, f"run-{number}", RUN)
            told.append(self._spent(lambda keys=keys: run(self._world, keys)))
        return {
            "run_cpu_ms_per_meeting": _ms(min(cpu for cpu, _ in told) / RUN),
            "run_ms_per_meeting": _ms(min(wall for _, wall in told) / RUN),
        }

    def backfills(self) -> dict[str, Any]:
        """Starts of backfills of 200 keys; the first also loads what Dagster needs for one."""
        told = [self._backfill(f"bench-{number}") for number in range(3)]
        return {
            "backfill_start_cpu_ms": _ms(min(cpu for cpu, _ in told)),
            "backfill_start_ms": _ms(min(wall for _, wall in told)),
            "first_backfill_start_cpu_ms": _ms(told[0][0]),
        }

    def _backfill(self, name: str) -> tuple[float, float]:
        """From the request for 200 keys until their run is submitted, by the daemon's own iteration."""
        instance = self._world.instance
        keys = new_meetings(self._world, name, RUN)
        register(instance, self._world.ledger, keys)
        target = PythonFileTarget(
            str(ROOT / "artifact_assets" / "definitions.py"), None, str(ROOT), "meeting_artifacts"
        )
        with create_test_daemon_workspace_context(target, instance) as workspace:
            graph = workspace.create_request_context().asset_graph
            backfill = PartitionBackfill.from_asset_partitions(
                name,
                graph,
                keys,
                [asset_key(stage) for stage in STAGES],
                time.time(),
                {},
                instance,
                False,
                None,
                None,
                None,
            )
            instance.add_backfill(backfill)

            def iterate() -> None:
                for _ in range(20):
                    list(execute_backfill_iteration(workspace, logging.getLogger("bench")))
                    if list(instance.get_runs(dg.RunsFilter(tags={"dagster/backfill": name}))):
                        return
                told = instance.get_backfill(name)
                raise SystemExit(f"the backfill did not start: {told and told.error}")

            cpu, wall = self._spent(iterate)
            found = instance.get_backfill(name)
            assert found is not None
            assert found.status is BulkActionStatus.REQUESTED
            # Out of the way of the next.
            instance.update_backfill(found.with_status(BulkActionStatus.COMPLETED_SUCCESS))
        return cpu, wall

    def listings(self) -> dict[str, Any]:
        """Dagster's list of all keys, first and again, and what the asset pages ask."""
        instance = self._world.instance
        first = self._spent(lambda: instance.get_dynamic_partitions(NAME))[1]
        again = [self._spent(lambda: instance.get_dynamic_partitions(NAME))[1] for _ in range(5)]
        pages = [self._spent(lambda: shown(instance))[1] for _ in range(2)]
        return {
            "list_keys_ms": _ms(first),
            "list_keys_again_ms": _ms(statistics.median(again)),
            "asset_pages_first_s": round(pages[0], 2),
            "asset_pages_again_s": round(pages[1], 2),
        }

    def _tick(self, sensor: dg.SensorDefinition) -> None:
        context = dg.build_sensor_context(
            instance=self._world.instance, resources={"equipment": self._world.equipment}, sensor_name=sensor.name
        )
        sensor.evaluate_tick(context)

    def _spent(self, act: Callable[[], object]) -> tuple[float, float]:
        """Processor seconds and seconds."""
        before, began = self._used(), time.perf_counter()
        act()
        wall = time.perf_counter() - began
        return self._used() - before, wall

    def _used(self) -> float:
        return time.process_time() + (cpu_of_tree(self._server) if self._server else 0.0)


def fill(world: World, postgres: Postgres, ledger_url: str, dagster_url: str, size: int, *, history: bool) -> None:
    """``size`` finished meetings copied from the template, in ledger, marks and partition set; with ``history`` in events."""
    columns = (
        "source, file_name, transcript_digest, revision, state, received_at, updated_at, size_bytes, sidecar_source, "
    )
    columns += "sidecar_digest, kind, attempts, items, quarantined, delivered"
    series = f"generate_series(1, {size}) AS n"
    postgres.execute(
        f"INSERT INTO meetings (meeting_id, {columns}) SELECT 'old-' || lpad(n::text, 7, '0'), {columns} "
        f"FROM meetings CROSS JOIN {series} WHERE meeting_id = 'template-0'",
        _database(ledger_url),
    )
    postgres.execute(f"INSERT INTO marks (source, mark) SELECT '/old/' || n, 'x' FROM {series}", _database(ledger_url))
    keys = [f"old-{number:07d}" for number in range(1, size + 1)]
    for start in range(0, size, 10_000):
        world.instance.add_dynamic_partitions(NAME, keys[start : start + 10_000])
    if history:
        with_key = "replace({}, 'template-0', 'old-' || lpad(n::text, 7, '0'))"
        postgres.execute(
            "INSERT INTO event_logs (run_id, event, dagster_event_type, timestamp, step_key, asset_key, partition) "
            f"SELECT run_id, {with_key.format('event')}, dagster_event_type, timestamp, step_key, asset_key, "
            f"{with_key.format('partition')} FROM event_logs CROSS JOIN {series} WHERE partition = 'template-0' "
            "AND dagster_event_type = 'ASSET_MATERIALIZATION'",
            _database(dagster_url),
        )
        # Else the plan of what follows is one for a handful of events.
        postgres.execute("ANALYZE event_logs", _database(dagster_url))
        postgres.execute(
            "INSERT INTO asset_check_executions (asset_key, check_name, partition, run_id, execution_status, evaluation_event, "
            "evaluation_event_timestamp, evaluation_event_storage_id, materialization_event_storage_id) "
            f"SELECT c.asset_key, c.check_name, {with_key.format('c.partition')}, c.run_id, c.execution_status, "
            f"{with_key.format('c.evaluation_event')}, c.evaluation_event_timestamp, c.evaluation_event_storage_id, e.id "
            f"FROM asset_check_executions c CROSS JOIN {series} JOIN event_logs e ON e.asset_key = c.asset_key "
            f"AND e.partition = {with_key.format('c.partition')} AND e.dagster_event_type = 'ASSET_MATERIALIZATION' "
            "WHERE c.partition = 'template-0'",
            _database(dagster_url),
        )
    for url in (ledger_url, dagster_url):
        postgres.execute("VACUUM ANALYZE", _database(url))


def new_meetings(world: World, prefix: str, count: int) -> list[str]:
    """Files that arrived, in the ledger."""
    paths = [world.write(f"{prefix}-{n}.txt", TALK, meta(f"{prefix}-{n}")) for n in range(count)]
    return asyncio.run(_received(world.equipment, paths))


async def _received(equipment: Equipment, paths: Sequence[Path]) -> list[str]:
    async def one(path: Path) -> str:
        beside = str(path.with_name(f"{path.stem}.meta.json"))
        arrival = await notice(equipment.sources, equipment.configuration, str(path), path.name, beside)
        await equipment.ledger.receive(arrival, equipment.clock.now())
        return arrival.meeting_id

    return list(await asyncio.gather(*(one(path) for path in paths)))


def run(world: World, keys: Sequence[str]) -> None:
    """One run of the pipeline over ``keys``."""
    materialize(world.equipment, world.instance, list(keys))


def _database(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 2)


if __name__ == "__main__":
    main()
