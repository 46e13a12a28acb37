"""The worker of the same work: warm, then told to go, then through with every meeting.

What belongs here: the product's own path from files to confirmed writes, in Dagster runs. What does not: counting (see
``far_side``) and starting and killing (see ``__main__`` and ``beside``).

Speaks the protocol of the peers' harness: touches ``--ready`` when warm, waits for ``--go``, ends with 0 when all is
delivered. With ``--no-submit`` it takes up what a killed worker left, from what is stored alone.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import time
import urllib.request
from collections import Counter
from pathlib import Path

import dagster as dg

from artifact_assets.configuration.settings import Settings
from artifact_assets.definitions import run_finished_in
from artifact_assets.domain.states import MEETING_STATES
from artifact_assets.in_process import materialize
from artifact_assets.instance import open_instance
from artifact_assets.stages.arrival import notice
from artifact_assets.stages.equipment import Equipment
from artifact_assets.wiring import open_equipment
from benchmarks.same_work.transcripts import write_transcripts

WARM = "warm"


async def receive(equipment: Equipment, paths: list[Path]) -> list[str]:
    """The files into the ledger, as the arrivals sensor takes them; their meetings."""

    async def one(path: Path) -> str:
        sidecar = str(path.with_name(f"{path.stem}.meta.json"))
        arrival = await notice(equipment.sources, equipment.configuration, str(path), path.name, sidecar)
        await equipment.ledger.receive(arrival, equipment.clock.now())
        return arrival.meeting_id

    return list(await asyncio.gather(*(one(path) for path in paths)))


def warm_up(equipment: Equipment, instance: dg.DagsterInstance, folder: Path, far_side: str) -> None:
    """One meeting through everything: a worker that has worked before has loaded and connected what it needs."""
    path = folder / f"{WARM}.json"
    path.write_text(json.dumps({"segments": [{"speaker": "a", "text": "We spoke of the renewal and nothing else."}]}))
    path.with_name(f"{WARM}.meta.json").write_text(json.dumps({"meeting_id": WARM}))
    materialize(equipment, instance, asyncio.run(receive(equipment, [path])))
    # Not part of what is counted.
    urllib.request.urlopen(f"{far_side}/reset", timeout=10).close()


def left_behind(equipment: Equipment, instance: dg.DagsterInstance) -> list[str]:
    """What a killed worker was at: its run is closed as Dagster's monitoring does it, and what is unfinished starts again."""
    for run in instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])):
        instance.report_run_failed(run, "The worker's process is gone.")
    meetings = asyncio.run(equipment.ledger.meetings())
    pending = {checkpoint.meeting_id for checkpoint in asyncio.run(equipment.ledger.pending(10_000))}
    return [m.meeting_id for m in meetings if not MEETING_STATES[m.state].terminal or m.meeting_id in pending]


def put_off(equipment: Equipment, keys: list[str]) -> dict[str, float]:
    """Deferred meetings and when each is due, which the drain sensor would see to: writes that a kill left unanswered wait."""
    found = asyncio.run(equipment.ledger.meetings(ids=keys))
    return {
        m.meeting_id: m.next_attempt_at.timestamp() if m.next_attempt_at else 0.0 for m in found if m.next_attempt_at
    }


def main() -> None:
    """See the caption."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--n", type=int, default=200)
    parser.add_argument("--ready")
    parser.add_argument("--go")
    parser.add_argument("--no-submit", action="store_true")
    parser.add_argument("--concurrency", type=int, default=50)
    parser.add_argument("--variant", default="")
    arguments = parser.parse_args()
    settings = Settings.from_environment(os.environ)
    started = time.time()
    with (
        open_instance(settings) as instance,
        open_equipment(settings, run_finished=run_finished_in(instance)) as equipment,
    ):
        if not arguments.no_submit:
            warm_up(equipment, instance, settings.home, str(settings.llm_base_url).removesuffix("/v1"))
        paths = write_transcripts(settings.home / "transcripts", arguments.n)
        if arguments.ready:
            Path(arguments.ready).touch()
        while arguments.go and not Path(arguments.go).exists():
            time.sleep(0.005)
        at = {"ready_s": round(time.time() - started, 3), "go": time.time()}
        cpu = _cpu()
        keys = left_behind(equipment, instance) if arguments.no_submit else asyncio.run(receive(equipment, paths))
        at["received"] = time.time()
        if arguments.go:
            Path(arguments.go).with_name("flag-submitted").touch()
        runs = materialize(equipment, instance, keys)
        while waiting := put_off(equipment, keys):
            time.sleep(max(0.0, min(waiting.values()) - time.time()))
            runs += materialize(equipment, instance, list(waiting))
        meetings = asyncio.run(equipment.ledger.meetings(ids=keys))
    told = {
        **at,
        "ended": time.time(),
        "cpu_s": round(_cpu() - cpu, 3),
        "runs": len(runs),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "states": Counter(str(meeting.state) for meeting in meetings),
    }
    print(json.dumps(told), flush=True)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
