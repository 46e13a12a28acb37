"""Kills at random moments, counted at the ledger and at the far side.

What belongs here: the trial and its numbers. What does not: what is good enough (the tests say). As a command
(``make chaos``) it prints one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path

import polars as pl

from artifact_assets.domain.ledger_columns import Days
from artifact_assets.domain.states import MEETING_STATES, MeetingState, Stage
from artifact_assets.reliability.drawing import drawn
from artifact_assets.reliability.metrics.registry import measure
from artifact_assets.wiring import open_equipment, open_ledger
from tests.instruments.deployment import Deployment, answered, running
from tests.instruments.processes import until
from tests.running.talks import write_meetings

CONCURRENCY = "walk: {concurrency: 3, held_wait_seconds: 300, alone_after_deaths: 900, set_aside_after_deaths: 1000}\n"
"""Few at once, so that a backfill of 40 lasts long enough to be killed many times; and no meeting is suspected of kills that
come from outside."""

Stored = dict[tuple[str, Stage], datetime]


@dataclass
class Outcome:
    """What a trial came to.

        ``repeated_stages`` had a stored result when a kill came and were done again: must be 0. ``in_flight`` extractions were
    begun more than once because a kill came before their result was stored: at most the concurrency per kill.
    ``measured`` is what the metrics say of it, from the ledger alone.
    """

    kills: int = 0
    delivered: int = 0
    doubled_records: int = 0
    lost_records: int = 0
    repeated_stages: int = 0
    in_flight: int = 0
    runs: int = 0
    seconds: float = 0.0
    partitions: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    measured: dict[str, float] = field(default_factory=dict[str, float])


def survive_kills(home: Path, *, meetings: int, kills: int, seed: int, extraction_seconds: float = 0.8) -> Outcome:
    """A backfill over ``meetings``, its workers killed ``kills`` times at random moments; waits until all is delivered."""
    chance = random.Random(seed)
    (home / "artifacts.yaml").write_text(CONCURRENCY)
    dagster = {"run_retries": {"enabled": True, "max_retries": kills + 1, "retry_on_asset_or_op_failure": False}}
    outcome = Outcome()
    with running(home, extraction_seconds=extraction_seconds, dagster=dagster) as deployment:
        names = [f"k{number:03d}" for number in range(meetings)]
        keys = deployment.receive(write_meetings(home, names))
        started = time.monotonic()
        deployment.graphql.launch_backfill(keys)
        stored: Stored = {}
        for _ in range(kills):
            if not _kill_one(deployment, chance):
                break
            outcome.kills += 1
            stored |= {key: when for key, when in stored_results(deployment, keys).items() if key not in stored}
        until(lambda: all_ended(deployment, keys), "every meeting to end", 600)
        until(lambda: _shown(deployment, meetings), "Dagster to show all partitions", 120)
        outcome.seconds = round(time.monotonic() - started, 1)
        _count(outcome, deployment, keys)
        after = stored_results(deployment, keys)
        outcome.repeated_stages = sum(after[key] != when for key, when in stored.items())
    return outcome


def stored_results(deployment: Deployment, keys: Sequence[str]) -> Stored:
    """When each stage result that is in the ledger now was made; ``delivered`` has none to reuse."""
    with open_equipment(deployment.settings()) as equipment:
        found = [c for key in keys for c in answered(equipment.ledger.checkpoints(key))]
    return {(c.meeting_id, c.stage): c.created_at for c in found if c.stage is not Stage.DELIVERED}


def _kill_one(deployment: Deployment, chance: random.Random) -> bool:
    """Wait for a worker that holds meetings, let it work for a moment, kill it; False when all work is done before."""
    give_up = time.monotonic() + 180
    while time.monotonic() < give_up:
        if deployment.workers():
            time.sleep(chance.uniform(0.0, 1.5))
            if deployment.kill_workers():
                return True
        elif all(MEETING_STATES[m.state].terminal for m in deployment.meetings().values()):
            return False
        time.sleep(0.1)
    raise TimeoutError("no run worker appeared within 180 s")


def all_ended(deployment: Deployment, keys: Sequence[str]) -> bool:
    """Whether every meeting is in a state it can stay in, and held by nobody."""
    found = deployment.meetings()
    return all(MEETING_STATES[found[key].state].terminal and found[key].lease_owner is None for key in keys)


def _shown(deployment: Deployment, meetings: int) -> bool:
    return set(deployment.graphql.partitions().values()) == {(meetings, 0)}


def _count(outcome: Outcome, deployment: Deployment, keys: Sequence[str]) -> None:
    states = [deployment.meetings()[key].state for key in keys]
    written, calls = deployment.written(), deployment.calls()
    outcome.delivered = sum(state is MeetingState.DELIVERED for state in states)
    outcome.doubled_records = sum(count - 1 for count in written.values())
    outcome.lost_records = 2 * len(keys) - len(written)
    begun = {call.removeprefix("begin "): n for call, n in calls.items() if call.startswith("begin")}
    outcome.in_flight = sum(n - 1 for n in begun.values())
    with deployment.instance() as instance:
        outcome.runs = instance.get_runs_count()
    outcome.partitions = deployment.graphql.partitions()
    outcome.measured = _measured(deployment)


def _measured(deployment: Deployment) -> dict[str, float]:
    """What the metrics say of the same trial, from the ledger alone."""
    with open_ledger(deployment.settings()) as ledger:
        facts = answered(drawn(ledger.columns(), Days(date(2026, 1, 1), date(2027, 1, 1))))
    steps = facts["steps"].filter(pl.col("stage") == Stage.EXTRACTED.value).select(pl.len()).collect().item()
    return {
        "got through": float(measure(facts, "completion")["numerator"][0]),
        "ended": float(measure(facts, "completion")["denominator"][0]),
        "confirmed": float(measure(facts, "write_success")["numerator"][0]),
        "repeated": float(measure(facts, "replay_safety")["numerator"][0]),
        "extractions": float(steps),
    }


def main() -> int:
    """``make chaos``: 20 kills over one backfill of 40 meetings, unless told otherwise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--meetings", type=int, default=40)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        outcome = survive_kills(Path(folder), meetings=given.meetings, kills=given.kills, seed=given.seed)
    print(json.dumps({**asdict(outcome), "seed": given.seed, "meetings": given.meetings}))
    good = outcome.delivered == given.meetings and not outcome.doubled_records and not outcome.lost_records
    return 0 if good and not outcome.repeated_stages else 1


if __name__ == "__main__":
    sys.exit(main())
