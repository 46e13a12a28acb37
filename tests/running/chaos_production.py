"""Kills in the production profile, counted at the far side: who notices, after how many seconds, and what it cost.

What belongs here: the kinds of kill and the numbers. What does not: what is good enough (the tests say). As a command
(``make chaos-production``) it prints one line of JSON per kill.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import dagster as dg

from artifact_assets.domain.states import STAGES
from tests.instruments.processes import until
from tests.instruments.production import ProductionDeployment, running_production
from tests.running.chaos import all_ended, stored_results
from tests.running.talks import write_meetings

CONFIGURATION = "walk: {concurrency: 3, held_wait_seconds: 300}\n"
EXTRACTION_SECONDS = 1.0
ALL = tuple(stage.value for stage in STAGES)
STARTED_AGAIN_AFTER = 1.0
"""What a supervisor waits before it starts an ended process again, in seconds."""
WAITS_FOR_WORK = 1.0
"""How long a worker's request to the broker stands before the broker answers that there is nothing, in seconds."""


@dataclass
class Survived:
    """What one kill came to. Seconds count from the kill.

    ``noticed_seconds`` is when Dagster called the first run failed, None when no run was disturbed. ``repeated_stages`` had a
    stored result at the kill and were done again; ``in_flight`` extractions were begun again because theirs was not stored.
    """

    kind: str
    meetings: int
    delivered: int = 0
    doubled_records: int = 0
    lost_records: int = 0
    repeated_stages: int = 0
    in_flight: int = 0
    failed_runs: int = 0
    retried_runs: int = 0
    unfinished_runs: int = 0
    noticed_seconds: float | None = None
    noticed: str = ""
    done_seconds: float = 0.0


def survive(deployment: ProductionDeployment, kind: str, meetings: int, *, patience: float = 420) -> Survived:
    """A backfill over ``meetings`` with one kill of ``kind`` in its middle; waits until everything is delivered."""
    outcome = Survived(kind, meetings)
    with deployment.instance() as instance:
        earlier = {run.run_id for run in instance.get_runs()}
    before_written, before_calls = deployment.written(), deployment.calls()
    keys = deployment.receive(write_meetings(deployment.home, [f"{kind}{number:03d}" for number in range(meetings)]))
    extra = deployment.receive(write_meetings(deployment.home, [f"{kind}-live"])) if kind == "broker" else []
    deployment.graphql.launch_backfill(keys)
    until(lambda: _delivered(deployment, keys) >= 2, "the backfill to be in its middle", 120)
    stored = stored_results(deployment, keys)
    started = time.monotonic()
    KINDS[kind](deployment, extra)
    every = [*keys, *extra]
    until(lambda: all_ended(deployment, every), f"every meeting to end after the kill of {kind}", patience)
    outcome.done_seconds = round(time.monotonic() - started, 1)
    until(lambda: not _unfinished(deployment, earlier), "every run to end", patience)
    ended = {key: when for key, when in stored_results(deployment, keys).items() if key in stored}
    outcome.repeated_stages = sum(ended[key] != when for key, when in stored.items())
    outcome.delivered = _delivered(deployment, every)
    written = deployment.written() - before_written
    outcome.doubled_records = sum(count - 1 for count in written.values())
    outcome.lost_records = 2 * len(every) - len(written)
    calls = deployment.calls() - before_calls
    outcome.in_flight = sum(count - 1 for call, count in calls.items() if call.startswith("begin"))
    _runs(outcome, deployment, earlier, time.time() - (time.monotonic() - started))
    return outcome


def _kill_worker(deployment: ProductionDeployment, _: Sequence[str]) -> None:
    """The whole Celery worker, as a machine that vanishes; its supervisor starts another one."""
    deployment.processes["backfill"].kill()
    time.sleep(STARTED_AGAIN_AFTER)
    deployment.processes["backfill"].start()


def _kill_child(deployment: ProductionDeployment, _: Sequence[str]) -> None:
    """Only the process that executes the run, as the kernel does when memory runs out."""
    assert deployment.kill_workers()


def _lose_broker(deployment: ProductionDeployment, extra: Sequence[str]) -> None:
    """The broker dies with a run handed over and not yet fetched, and comes back empty."""
    deployment.processes["live"].signal(signal.SIGSTOP)
    try:
        # What the stopped worker still waits for would be sent into its socket, and lost to the queue.
        time.sleep(2 * WAITS_FOR_WORK)
        run_id = deployment.graphql.launch(extra[0], ALL)
        until(lambda: deployment.graphql.run(run_id)["status"] == "STARTING", "the run to be handed over", 60)
        until(lambda: deployment.valkey.client.llen("live") == 1, "the run to be in the broker", 30)
        deployment.valkey.restart()
    finally:
        deployment.processes["live"].signal(signal.SIGCONT)


def _restart_database(deployment: ProductionDeployment, _: Sequence[str]) -> None:
    deployment.postgres.restart()
    # The web server's first request on each of its old connections fails: whoever looks loads the page again.
    until(deployment.graphql.reads_runs, "the web UI to reach its database again", 60)


def _kill_daemon(deployment: ProductionDeployment, _: Sequence[str]) -> None:
    deployment.processes["daemon"].kill()
    time.sleep(STARTED_AGAIN_AFTER)
    deployment.processes["daemon"].start()


def _kill_code(deployment: ProductionDeployment, _: Sequence[str]) -> None:
    deployment.processes["code"].kill()
    time.sleep(STARTED_AGAIN_AFTER)
    deployment.processes["code"].start()


KINDS: dict[str, Callable[[ProductionDeployment, Sequence[str]], None]] = {
    "worker": _kill_worker,
    "child": _kill_child,
    "broker": _lose_broker,
    "database": _restart_database,
    "daemon": _kill_daemon,
    "code": _kill_code,
}


def supervise(deployment: ProductionDeployment) -> list[str]:
    """Start again what ended by itself, as a supervisor would; returns the names."""
    ended = [name for name in deployment.wanted if not deployment.processes[name].lives()]
    for name in ended:
        deployment.processes[name].start()
    return ended


def _delivered(deployment: ProductionDeployment, keys: Sequence[str]) -> int:
    supervise(deployment)
    found = deployment.meetings()
    return sum(found[key].state.value == "delivered" for key in keys)


def _unfinished(deployment: ProductionDeployment, earlier: set[str]) -> int:
    supervise(deployment)
    with deployment.instance() as instance:
        return sum(not run.is_finished for run in instance.get_runs() if run.run_id not in earlier)


def _runs(outcome: Survived, deployment: ProductionDeployment, earlier: set[str], killed_at: float) -> None:
    with deployment.instance() as instance:
        records = [r for r in instance.get_run_records() if r.dagster_run.run_id not in earlier]
        outcome.unfinished_runs = sum(not r.dagster_run.is_finished for r in records)
        outcome.retried_runs = sum("dagster/retry_number" in r.dagster_run.tags for r in records)
        failed = [r for r in records if r.dagster_run.status is dg.DagsterRunStatus.FAILURE]
        outcome.failed_runs = len(failed)
        if failed:
            first = min(failed, key=lambda r: r.end_time or r.update_timestamp.timestamp())
            outcome.noticed_seconds = round((first.end_time or first.update_timestamp.timestamp()) - killed_at, 1)
            events = instance.all_logs(first.dagster_run.run_id, of_type=dg.DagsterEventType.RUN_FAILURE)
            outcome.noticed = next((e.dagster_event.message or "" for e in events if e.dagster_event), "")[:160]


def main() -> int:
    """``make chaos-production``: each kind of kill once over a backfill of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--meetings", type=int, default=24)
    parser.add_argument("--kinds", nargs="*", default=list(KINDS), choices=list(KINDS))
    given = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory(prefix="chaos-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        (home / "artifacts.yaml").write_text(CONFIGURATION)
        with running_production(home, extraction_seconds=EXTRACTION_SECONDS) as deployment:
            for kind in given.kinds:
                outcome = survive(deployment, kind, given.meetings)
                print(json.dumps(asdict(outcome)), flush=True)
                good = good and is_good(outcome)
    return 0 if good else 1


def is_good(outcome: Survived) -> bool:
    """Nothing lost, nothing doubled, nothing finished done again, no run stuck."""
    lost = outcome.meetings + (outcome.kind == "broker") - outcome.delivered + outcome.lost_records
    return not (lost or outcome.doubled_records or outcome.repeated_stages or outcome.unfinished_runs)


if __name__ == "__main__":
    sys.exit(main())
