"""The worker of the same work: warm, then told to go, then through with every meeting.

What belongs here: the product's own path from files to confirmed writes, in Dagster runs. What does not: counting (see
``far_side``) and starting and killing (see ``__main__`` and ``beside``).

Like a machine of the production profile it runs several Dagster runs at once, each in a process of its own (``slots``): one
interpreter computes on one core. The first process takes its orders from the harness and hands each slot its share.

Speaks the protocol of the peers' harness: touches ``--ready`` when warm, waits for ``--go``, ends with 0 when all is
delivered. With ``--no-submit`` it takes up what a killed worker left, from what is stored alone.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import resource
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from typing import Any

import dagster as dg

from artifact_assets.configuration.settings import Settings
from artifact_assets.definitions import run_finished_in
from artifact_assets.domain.states import MEETING_STATES
from artifact_assets.in_process import materialize
from artifact_assets.instance import open_instance
from artifact_assets.partitions import MEETINGS, bridged
from artifact_assets.stages.arrival import notice
from artifact_assets.stages.equipment import Equipment
from artifact_assets.wiring import open_equipment
from benchmarks.same_work.home import SLOTS
from benchmarks.same_work.transcripts import write_transcripts

WARM = "warm"
HERE = Path(__file__).resolve()


async def receive(equipment: Equipment, paths: list[Path]) -> list[str]:
    """The files into the ledger, as the arrivals sensor takes them; their meetings."""

    async def one(path: Path) -> str:
        sidecar = str(path.with_name(f"{path.stem}.meta.json"))
        arrival = await notice(equipment.sources, equipment.configuration, str(path), path.name, sidecar)
        await equipment.ledger.receive(arrival, equipment.clock.now())
        return arrival.meeting_id

    return list(await asyncio.gather(*(one(path) for path in paths)))


def warm_up(equipment: Equipment, instance: dg.DagsterInstance, folder: Path, name: str) -> None:
    """One meeting through everything: a worker that has worked before has loaded and connected what it needs."""
    path = folder / f"{name}.json"
    path.write_text(json.dumps({"segments": [{"speaker": "a", "text": "We spoke of the renewal and nothing else."}]}))
    path.with_name(f"{name}.meta.json").write_text(json.dumps({"meeting_id": name}))
    materialize(equipment, instance, asyncio.run(receive(equipment, [path])))


def left_behind(equipment: Equipment, instance: dg.DagsterInstance) -> list[str]:
    """What a killed worker was at: its run is closed as Dagster's monitoring does it, and what is unfinished starts again."""
    for run in instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])):
        instance.report_run_failed(run, "The worker's process is gone.")
    meetings = asyncio.run(equipment.ledger.meetings())
    pending = {checkpoint.meeting_id for checkpoint in asyncio.run(equipment.ledger.pending(10_000))}
    left = [m.meeting_id for m in meetings if not MEETING_STATES[m.state].terminal or m.meeting_id in pending]
    # Finished ones in between come along, as when Dagster starts the same range again: their stages are reused, and the
    # alternative is a run for each piece.
    order = instance.get_dynamic_partitions(str(MEETINGS.name))
    return list(bridged(order, left, order, len(order)))


def put_off(equipment: Equipment, keys: list[str]) -> dict[str, float]:
    """Deferred meetings and when each is due, which the drain sensor would see to: writes that a kill left unanswered wait."""
    found = asyncio.run(equipment.ledger.meetings(ids=keys))
    return {
        m.meeting_id: m.next_attempt_at.timestamp() if m.next_attempt_at else 0.0 for m in found if m.next_attempt_at
    }


def work(equipment: Equipment, instance: dg.DagsterInstance, keys: list[str]) -> dict[str, Any]:
    """Take the meetings ``keys`` to their end; what that took."""
    cpu = _cpu()
    runs = materialize(equipment, instance, keys)
    while waiting := put_off(equipment, keys):
        time.sleep(max(0.0, min(waiting.values()) - time.time()))
        runs += materialize(equipment, instance, list(waiting))
    meetings = asyncio.run(equipment.ledger.meetings(ids=keys))
    return {
        "ended": time.time(),
        "cpu_s": round(_cpu() - cpu, 3),
        "runs": len(runs),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "states": Counter(str(meeting.state) for meeting in meetings),
    }


@contextlib.contextmanager
def slot(number: int, *, warm: bool) -> Generator[subprocess.Popen[str]]:
    """Another process that is warm and waits for its share, in the same process group."""
    command = [sys.executable, str(HERE), "--slot", str(number), *([] if warm else ["--no-submit"])]
    found = os.pathsep.join(filter(None, [str(HERE.parents[2]), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "PYTHONPATH": found}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=HERE.parents[2]
    ) as process:
        yield process


def serve(number: int, *, warm: bool) -> None:
    """Be a slot: warm up, say so, work on the share that is handed over, tell what it took."""
    settings = Settings.from_environment(os.environ)
    with (
        open_instance(settings) as instance,
        open_equipment(settings, run_finished=run_finished_in(instance)) as equipment,
    ):
        if warm:
            warm_up(equipment, instance, settings.home, f"{WARM}-{number}")
        print("ready", flush=True)
        share = json.loads(sys.stdin.readline())
        keys = share["keys"] + asyncio.run(receive(equipment, [Path(path) for path in share["paths"]]))
        print(json.dumps(work(equipment, instance, keys)), flush=True)


def lead(arguments: argparse.Namespace) -> None:
    """Be the first slot, and hand the others their shares."""
    settings = Settings.from_environment(os.environ)
    started, warm = time.time(), not arguments.no_submit
    with (
        contextlib.ExitStack() as stack,
        open_instance(settings) as instance,
        open_equipment(settings, run_finished=run_finished_in(instance)) as equipment,
    ):
        slots = [stack.enter_context(slot(number, warm=warm)) for number in range(1, arguments.slots)]
        if warm:
            warm_up(equipment, instance, settings.home, WARM)
        for process in slots:
            _line(process)
        if warm:
            # Warming up is not part of what is counted.
            urllib.request.urlopen(f"{str(settings.llm_base_url).removesuffix('/v1')}/reset", timeout=10).close()
        paths = [str(path) for path in write_transcripts(settings.home / "transcripts", arguments.n)] if warm else []
        if arguments.ready:
            Path(arguments.ready).touch()
        while arguments.go and not Path(arguments.go).exists():
            time.sleep(0.005)
        at = {"ready_s": round(time.time() - started, 3), "go": time.time()}
        cpu = _cpu()
        left = left_behind(equipment, instance) if arguments.no_submit else []
        # Ranges of keys in a row: a run is one of them.
        cuts = [len(left) * n // arguments.slots for n in range(arguments.slots + 1)]
        shares = [
            {"keys": left[cuts[n] : cuts[n + 1]], "paths": paths[n :: arguments.slots]} for n in range(arguments.slots)
        ]
        for process, share in zip(slots, shares[1:], strict=True):
            assert process.stdin is not None
            print(json.dumps(share), file=process.stdin, flush=True)
        keys = shares[0]["keys"] + asyncio.run(receive(equipment, [Path(path) for path in shares[0]["paths"]]))
        at["received"] = time.time()
        if arguments.go:
            Path(arguments.go).with_name("flag-submitted").touch()
        receiving = _cpu() - cpu
        told = [work(equipment, instance, keys), *(json.loads(_line(process)) for process in slots)]
    states = Counter[str]()
    for each in told:
        states.update(each["states"])
    together = {
        **at,
        "ended": max(each["ended"] for each in told),
        "cpu_s": round(receiving + sum(each["cpu_s"] for each in told), 3),
        "runs": sum(each["runs"] for each in told),
        "peak_mb": sum(each["peak_mb"] for each in told),
        "states": states,
    }
    print(json.dumps(together), flush=True)


def main() -> None:
    """See the caption."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--n", type=int, default=200)
    parser.add_argument("--ready")
    parser.add_argument("--go")
    parser.add_argument("--no-submit", action="store_true")
    parser.add_argument("--concurrency", type=int, default=50)
    parser.add_argument("--variant", default="")
    parser.add_argument("--slots", type=int, default=SLOTS)
    parser.add_argument("--slot", type=int, help="be this one")
    arguments = parser.parse_args()
    if arguments.slot is not None:
        serve(arguments.slot, warm=not arguments.no_submit)
    else:
        lead(arguments)


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise SystemExit("a slot ended before its time")
    return line


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
