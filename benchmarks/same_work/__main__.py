"""The same work as the peers of a durable-pipeline harness, by this project alone: throughput, processor time, kills.

Meetings of 28 kB, 50 at once, a model that takes 200 ms, five durable steps, one POST with an idempotency key; ledger and
Dagster on PostgreSQL that waits for the disk, with everything visible in Dagster. The clock runs from the word "go" to a warm
worker until the last write is confirmed at the far side; launching is told apart, and so is the time until the run has ended.

What belongs here: one deployment, timed or killed, and what must hold afterwards. What does not: the peers (see ``beside``).

``python -m benchmarks.same_work [--meetings 200] [--kill] [--writes one|each] [--harness FOLDER] [--stock-events]``
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg

from benchmarks.same_work.home import WRITES, Home, dagster_url
from benchmarks.same_work.processes import cpu_of_tree, ended, kill, machine_busy, running, wait_for
from benchmarks.same_work.transcripts import write_transcripts
from benchmarks.same_work.visibility import shown
from tests.postgres import running_postgres

KILL_AT = 0.3
LONGEST_SECONDS = 600.0
WORKER = "benchmarks.same_work.worker"


@dataclass
class Bench:
    """One deployment and its far side."""

    home: Home
    server: int
    far_side: subprocess.Popen[str]
    log: Path
    meetings: int
    writes: str

    def stats(self, path: str = "/stats") -> dict[str, Any]:
        """What the far side counted."""
        with urllib.request.urlopen(f"{self.home.far_side}{path}", timeout=10) as answer:
            loaded: dict[str, Any] = json.load(answer)
        return loaded

    @contextlib.contextmanager
    def worker(self, *more: str) -> Generator[tuple[subprocess.Popen[str], Path]]:
        """A worker that is warm, and the file that lets it go."""
        ready, go = self.home.folder / "ready", self.home.folder / "go"
        ready.unlink(missing_ok=True)
        go.unlink(missing_ok=True)
        told = ["--n", str(self.meetings), "--ready", str(ready), "--go", str(go), *more]
        with running(WORKER, told, self.log, self.home.environment) as process:
            wait_for(ready, process)
            yield process, go


def timed(bench: Bench) -> dict[str, Any]:
    """One run without trouble."""
    launched = time.time()
    with bench.worker() as (worker, go):
        launch = time.time() - launched
        bench.stats("/reset")
        before = cpu_of_tree(worker.pid), cpu_of_tree(bench.server), cpu_of_tree(bench.far_side.pid), machine_busy()
        began = time.time()
        go.touch()
        stats = until_done(bench, worker)
        after = cpu_of_tree(worker.pid), cpu_of_tree(bench.server), cpu_of_tree(bench.far_side.pid), machine_busy()
        told = json.loads(worker.communicate()[0].splitlines()[-1])
    span = stats["last_new_ts"] - began
    worker_cpu, server_cpu, far_cpu, all_cpu = (later - earlier for later, earlier in zip(after, before, strict=True))
    foreign = max(0.0, all_cpu - worker_cpu - server_cpu - far_cpu)
    return {
        "wall_s": round(span, 3),
        "meetings_per_s": round(bench.meetings / span, 1),
        "cpu_ms_per_meeting": round(1000 * (worker_cpu + server_cpu) / bench.meetings, 2),
        "worker_cpu_ms": round(1000 * worker_cpu / bench.meetings, 2),
        "postgres_cpu_ms": round(1000 * server_cpu / bench.meetings, 2),
        "worker_cpu_ms_to_run_end": round(1000 * told["cpu_s"] / bench.meetings, 2),
        "run_ended_s": round(told["ended"] - began, 3),
        "received_s": round(told["received"] - began, 3),
        "launch_s": round(launch, 2),
        "peak_mb": told["peak_mb"],
        "foreign_load": round(foreign / ((time.time() - began) * (os.cpu_count() or 1)), 2),
        **counts(stats),
    }


def killed(bench: Bench) -> dict[str, Any]:
    """SIGKILL in the middle, and a fresh worker that goes on from what is stored."""
    launched = time.time()
    with bench.worker() as (worker, go):
        bench.stats("/reset")
        began = time.time()
        go.touch()
        while bench.stats()["crm_meetings"] < KILL_AT * bench.meetings:
            time.sleep(0.02)
        kill(worker)
        at_kill, died = bench.stats(), time.time()
    pace = (died - began) / max(1, at_kill["crm_meetings"])
    with bench.worker("--no-submit") as (worker, go):
        go.touch()
        launch = time.time() - died
        until_done(bench, worker)
        told = json.loads(worker.communicate()[0].splitlines()[-1])
    stats = bench.stats()
    remaining = (bench.meetings - at_kill["crm_meetings"]) * pace
    back = stats["last_new_ts"] - died
    in_flight = at_kill["llm_calls"] - at_kill["llm_answered"]
    return {
        "launched_s": round(began - launched, 2),
        "delivered_at_kill": at_kill["crm_meetings"],
        "model_calls_at_kill": at_kill["llm_calls"],
        "in_flight_at_kill": in_flight,
        "back_to_done_s": round(back, 2),
        "launch_s": round(launch, 2),
        "runs_after": told["runs"],
        "allowed_s": round(launch + 1.5 * remaining, 2),
        "in_time": back <= launch + 1.5 * remaining,
        **counts(stats),
        "repeated_model_calls": stats["llm_calls"] - stats["llm_distinct"],
    }


def until_done(bench: Bench, worker: subprocess.Popen[str]) -> dict[str, Any]:
    """Wait until the far side has a write of every meeting and no more come, or the worker ended."""
    end = time.monotonic() + LONGEST_SECONDS
    while True:
        stats = bench.stats()
        # With one write a meeting the last one is told by its number; else by the worker's end.
        if bench.writes == "one" and stats["crm_distinct"] >= bench.meetings:
            return stats
        if ended(worker):
            stats = bench.stats()
            if stats["last_new_ts"] is None:
                raise SystemExit(f"nothing was delivered\n{bench.log.read_text()[-4000:]}")
            return stats
        if time.monotonic() > end:
            raise SystemExit("not done in time")
        time.sleep(0.05)


def counts(stats: dict[str, Any]) -> dict[str, Any]:
    """What must hold whatever happens."""
    return {
        "completed": stats["crm_meetings"],
        "writes": stats["crm_distinct"],
        "repeated_posts": stats["crm_posts"] - stats["crm_distinct"],
        "doubled_records": stats["doubled_records"],
        "model_calls": stats["llm_calls"],
        "most_in_flight": stats["max_llm_inflight"],
    }


def main() -> None:
    """See the caption."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--meetings", type=int, default=200)
    parser.add_argument("--writes", choices=WRITES, default="one")
    parser.add_argument("--kill", action="store_true")
    parser.add_argument("--harness", type=Path, help="a folder with the peers' common.py, for their transcripts")
    parser.add_argument("--stock-events", action="store_true", help="Dagster's own PostgreSQL event log")
    parser.add_argument("--latency-ms", type=float, default=200)
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="same-work-") as name,
        running_postgres(durable=True) as postgres,
        running(
            "benchmarks.same_work.far_side",
            ["--port", "0", "--latency-ms", str(arguments.latency_ms)],
            Path(name) / "log",
        ) as far_side,
    ):
        folder = Path(name)
        assert far_side.stdout is not None
        address = far_side.stdout.readline().strip()
        ledger, dagster = postgres.url(postgres.new_database()), postgres.url(postgres.new_database())
        home = Home(folder, ledger, dagster_url(dagster), address)
        home.prepare(writes=arguments.writes, stock_events=arguments.stock_events)
        write_transcripts(folder / "transcripts", arguments.meetings, arguments.harness)
        bench = Bench(home, postgres.pid, far_side, folder / "log", arguments.meetings, arguments.writes)
        measured = killed(bench) if arguments.kill else timed(bench)
        os.environ.update(home.environment)
        with dg.DagsterInstance.from_config(str(folder / "dagster")) as instance:
            visible = shown(instance)
        complete = measured["completed"] == arguments.meetings
        seen = all(count >= arguments.meetings for count in visible.values()) and len(visible) == 9
        told = {"meetings": arguments.meetings, "writes_as": arguments.writes, **measured, "visible": visible}
        print(json.dumps(told))
        if not (complete and seen and not measured["doubled_records"]):
            sys.stderr.write((folder / "log").read_text()[-4000:])
            sys.exit("not everything is delivered once and visible")


if __name__ == "__main__":
    main()
