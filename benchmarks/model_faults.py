"""A thousand meetings through all five stages, against a model of which a share of all calls fails in every known way.

What belongs here: the run and its figures. What does not: the faults (see ``benchmarks.faulty_model``).

    python -m benchmarks.model_faults [--meetings N] [--latency S] [--share P] [--seed N] [--json]

``ideal`` is the time that many calls of that latency take at that concurrency, without any fault and any other work.
Exit code 1 when a meeting ended wrong, an answer was paid for twice or lost.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from artifact_assets.configuration.schema import Configuration
from artifact_assets.configuration.settings import Settings
from artifact_assets.domain.model_policy import ModelPolicy
from artifact_assets.domain.model_ports import CallOutcome
from artifact_assets.domain.policies import Backoff, WalkPolicy
from artifact_assets.domain.records import Checkpoint
from artifact_assets.domain.states import STAGES, MeetingState
from artifact_assets.stages.arrival import notice
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.result import MeetingResult
from artifact_assets.stages.walk import Walk
from artifact_assets.wiring import open_equipment
from benchmarks.faulty_model import FaultyModel, faulty_model
from resources.ledger.ledger import SqlLedger
from resources.ledger.model_calls import SqlAnswers

AT_ONCE = 50
MOST_WALKS = 5
RIGHT = frozenset({MeetingState.DELIVERED, MeetingState.PARTIALLY_DELIVERED, MeetingState.QUARANTINED})


def words(number: int) -> str:
    """A short meeting with one promise; each has words of its own, so that no two share an answer."""
    return (
        f"Ana: Good morning, this is meeting {number}.\n"
        f"Ben: I'll send report {number} to the board by Friday.\n"
        "Ana: Thank you, that helps us a lot.\n"
    )


async def receive(equipment: Equipment, folder: Path, count: int) -> list[str]:
    """Write the files and take them into the ledger."""
    folder.mkdir(parents=True)  # noqa: ASYNC240 - before anything is measured
    ids: list[str] = []
    for number in range(count):
        path = folder / f"meeting-{number}.txt"
        path.write_text(words(number))
        arrival = await notice(equipment.sources, equipment.configuration, str(path), path.name, None)
        await equipment.ledger.receive(arrival, equipment.clock.now())
        ids.append(arrival.meeting_id)
    return ids


def silent(checkpoint: Checkpoint, *, reused: bool) -> None:
    """Nobody is told."""
    del checkpoint, reused


async def walk_all(equipment: Equipment, ids: Sequence[str]) -> tuple[dict[str, MeetingResult], int]:
    """All meetings, and those deferred again once their time has come. Returns the results and the number of walks."""
    results: dict[str, MeetingResult] = {}
    left = list(ids)
    for number in range(1, MOST_WALKS + 1):
        walk = Walk(equipment, f"run-{number}", frozenset(STAGES), silent)
        results.update({result.meeting_id: result for result in await walk.over(left)})
        left = [meeting_id for meeting_id in left if results[meeting_id].state is MeetingState.DEFERRED]
        if not left:
            return results, number
        rows = await equipment.ledger.meetings(ids=left)
        due = max((row.next_attempt_at for row in rows if row.next_attempt_at), default=equipment.clock.now())
        await asyncio.sleep(max(0.0, (due - equipment.clock.now()).total_seconds()))
    return results, MOST_WALKS


def configuration() -> Configuration:
    """Defaults, but a timeout that fits the latency."""
    model = ModelPolicy(
        read_timeout_seconds=6,
        call_timeout_seconds=6,
        backoff=Backoff(first_seconds=0.25, most_seconds=4, jitter=0.5),
    )
    return Configuration.model_validate(
        {"model": model.model_dump(), "walk": WalkPolicy(concurrency=AT_ONCE).model_dump()}
    )


def settings(home: Path, model: FaultyModel) -> Settings:
    """A throwaway home that asks the faulty model."""
    return Settings.from_environment(
        {"ARTIFACTS_HOME": str(home), "ARTIFACTS_LLM_MODEL": "fake-1", "ARTIFACTS_LLM_BASE_URL": model.base_url}
    )


async def measure(equipment: Equipment, home: Path, count: int) -> dict[str, Any]:
    """The run, and what the ledger says afterwards."""
    ids = await receive(equipment, home / "in", count)
    used = resource.getrusage(resource.RUSAGE_SELF)
    started = time.perf_counter()
    results, walks = await walk_all(equipment, ids)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_SELF)
    assert isinstance(equipment.ledger, SqlLedger)
    answers = SqlAnswers(equipment.ledger)
    calls = [call for meeting_id in ids for call in await answers.calls(meeting_id)]
    stored = Counter(call.request_digest for call in calls if call.outcome is CallOutcome.ANSWERED)
    return {
        "wall_seconds": round(wall, 2),
        "cpu_ms_per_meeting": round(
            1000 * (after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime) / count, 1
        ),
        "walks": walks,
        "states": dict(Counter(str(result.state) for result in results.values())),
        "failed": {result.meeting_id: str(result.failure_class) for result in results.values() if result.failure_class},
        "answers_stored": sum(stored.values()),
        "stored_twice": sum(count - 1 for count in stored.values()),
        "results": {result.meeting_id: str(result.state) for result in results.values()},
    }


def judged(found: dict[str, Any], model: FaultyModel, count: int, latency: float) -> dict[str, Any]:
    """The figures that must hold."""
    log = model.log
    results, failed = found.pop("results"), found.pop("failed")
    refused = {f"meeting-{number}" for number in log.refused}
    wrong = 0
    for meeting_id, state in results.items():
        name = meeting_id.rsplit("-", 1)[0]
        right = failed.get(meeting_id) == "model_refused" if name in refused else MeetingState(state) in RIGHT
        wrong += not right
    sent = sum(log.sent.values())
    ideal = latency * count / AT_ONCE
    return {
        "meetings": count,
        "wrong_states": wrong,
        "requests": log.requests,
        "faults": sum(n for kind, n in log.served.items() if kind != "good"),
        "kinds": len(log.served) - 1,
        "answers_repeated": sent - len(log.sent),
        "answers_lost": len(log.sent) - found["answers_stored"],
        "ideal_seconds": ideal,
        "ratio": round(found["wall_seconds"] / ideal, 3),
        **found,
        "served": dict(sorted(log.served.items())),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--meetings", type=int, default=1000)
    parser.add_argument("--latency", type=float, default=2.0)
    parser.add_argument("--share", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory() as folder,
        faulty_model(chosen.latency, chosen.share, chosen.seed) as model,
        open_equipment(settings(Path(folder) / "home", model), configuration=configuration()) as equipment,
    ):
        found = asyncio.run(measure(equipment, Path(folder), chosen.meetings))
    figures = judged(found, model, chosen.meetings, chosen.latency)
    if chosen.json:
        print(json.dumps(figures, indent=2))
    else:
        for name, value in figures.items():
            print(f"{name:>20}  {value}")
    return int(bool(figures["wrong_states"] or figures["answers_repeated"] or figures["answers_lost"]))


if __name__ == "__main__":
    sys.exit(main())
