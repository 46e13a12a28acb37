"""The local profile's event log: Dagster's own on SQLite, and ours, on the same work in one sitting.

What belongs here: single events, the creation of a backfill's run over 200 meetings, runs over 200 short meetings. What does
not: PostgreSQL and growing partition sets (see ``partitions_bench``, whose work this is).

Each storage in a process of its own, in turns: stock, ours, stock, ours. The best of each counts. ``load`` is the machine's.

``python -m benchmarks.event_log_bench [--rounds 2]``
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.events import AssetMaterializationPlannedData, DagsterEvent

from artifact_assets.assets.specs import asset_key
from artifact_assets.domain.states import Stage
from benchmarks.partitions_bench import Bench, new_meetings, run
from tests.event_storage.databases import OnSqlite
from tests.event_storage.instances import opened_instance
from tests.pipeline.world import opened_world

ROOT = Path(__file__).resolve().parents[1]
SINGLE = 200


def main() -> None:
    """Every round on both storages, then the best of each and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--storage", choices=["stock", "ours"], help="one of them, in this process")
    arguments = parser.parse_args()
    if arguments.storage:
        print(json.dumps(measured(grouped=arguments.storage == "ours")))
        return
    rows: dict[str, list[dict[str, float]]] = {"stock": [], "ours": []}
    for _ in range(arguments.rounds):
        for storage, told in rows.items():
            command = [sys.executable, "-m", "benchmarks.event_log_bench", "--storage", storage]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
            if done.returncode:
                sys.exit(done.stderr[-3000:])
            told.append(json.loads(done.stdout.splitlines()[-1]))
            print(json.dumps({"storage": storage, **told[-1]}), flush=True)
    best = {storage: {name: min(row[name] for row in told) for name in told[0]} for storage, told in rows.items()}
    ratios = {
        name: round(stock / max(best["ours"][name], 0.001), 2)
        for name, stock in best["stock"].items()
        if name != "load"
    }
    print(json.dumps({"best": best, "stock_to_ours": ratios}, indent=2))


def measured(*, grouped: bool) -> dict[str, Any]:
    """One storage, in a new folder."""
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="event-log-") as name:
        folder = Path(name)
        with (
            opened_instance(folder / "dagster", OnSqlite(folder / "events"), grouped=grouped) as instance,
            opened_world(folder, instance=instance) as world,
        ):
            os.environ["DAGSTER_HOME"] = str(folder / "dagster")
            run(world, new_meetings(world, "template", 1))
            told = single(instance) | planned(instance)
            bench = Bench(world, None)
            return told | bench.backfills() | bench.runs(times=1) | {"load": round(os.getloadavg()[0], 1)}


def single(instance: dg.DagsterInstance) -> dict[str, float]:
    """Events that never wait, one after the other."""
    run_id = instance.get_runs()[0].run_id
    cpu, began = time.process_time(), time.perf_counter()
    for number in range(SINGLE):
        instance.report_engine_event(f"event {number}", job_name="job", run_id=run_id)
    return _each("single", time.process_time() - cpu, time.perf_counter() - began)


def planned(instance: dg.DagsterInstance) -> dict[str, float]:
    """Events as a run over many meetings plans them, until they can be read."""
    run_id = instance.get_runs()[0].run_id
    cpu, began = time.process_time(), time.perf_counter()
    for number in range(SINGLE):
        about = AssetMaterializationPlannedData(asset_key(Stage.EXTRACTED), f"planned-{number}")
        event = DagsterEvent.build_asset_materialization_planned_event("job", "step", about)
        instance.report_dagster_event(event, run_id)
    instance.event_log_storage.get_latest_planned_materialization_info(asset_key(Stage.EXTRACTED), "planned-0")
    return _each("planned", time.process_time() - cpu, time.perf_counter() - began)


def _each(name: str, cpu: float, wall: float) -> dict[str, float]:
    return {f"{name}_ms": round(1000 * wall / SINGLE, 3), f"{name}_cpu_ms": round(1000 * cpu / SINGLE, 3)}


if __name__ == "__main__":
    main()
