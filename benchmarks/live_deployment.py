"""A deployment of real processes in which live meetings and a backfill are measured.

What belongs here: starting it, dropping live meetings, launching the backfill, counting by the ledger. What does not: the
phases and the figures (see ``live_beside_backfill``) and processes as such (see ``tests.instruments.deployment``).
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from artifact_assets.domain.ports import Ledger
from artifact_assets.domain.rates import RatePolicy
from artifact_assets.domain.records import Meeting
from artifact_assets.domain.states import MEETING_STATES, MeetingState
from artifact_assets.partitions import register
from artifact_assets.stages.arrival import notice
from artifact_assets.wiring import open_equipment
from benchmarks.faulty_model import FaultyModel
from benchmarks.model_faults import words
from tests.instruments.deployment import ROOT, Deployment, running
from tests.instruments.production import running_production

LIVE_FROM = 1_000_000
"""Live meetings are numbered from here, so that they can be told from the backfill's."""
GOOD = frozenset({MeetingState.DELIVERED})


@dataclass(frozen=True)
class Plan:
    """How much is measured. Seconds, meetings, calls a minute; ``every`` is the pause between live meetings on average.

    The pauses are drawn evenly from nothing to twice that: sensors and the queue work in whole seconds, and equal pauses would
    meet them always at the same moment.
    """

    backfill: int = 2000
    calls_per_minute: float = 420
    idle: float = 120
    solo: float = 45
    beside: float = 180
    every: float = 3
    bounds: tuple[int, ...] = (2, 4, 8, 16, 50)
    each: float = 45
    saturating: int = 6000
    patience: float = 900


QUICK = Plan(
    backfill=300,
    calls_per_minute=240,
    idle=20,
    solo=12,
    beside=24,
    bounds=(2, 50),
    each=15,
    saturating=300,
    patience=900,
)


@dataclass
class Bench:
    """A deployment that is measured."""

    deployment: Deployment
    home: Path
    plan: Plan
    ledger: Ledger
    dropped: list[str] = field(default_factory=list[str])
    last: list[str] = field(default_factory=list[str])
    """The live meetings that were measured last."""
    pauses: random.Random = field(default_factory=lambda: random.Random(1))
    began: float = field(default_factory=time.monotonic)

    def drop(self) -> None:
        """One more live meeting in the inbox."""
        name = f"live-{LIVE_FROM + len(self.dropped)}"
        inbox = self.home / "inbox"
        inbox.mkdir(exist_ok=True)
        # Whole at once, as a sync tool does it: a file that still grows is waited for.
        (inbox / f".{name}").write_text(words(LIVE_FROM + len(self.dropped)))
        (inbox / f".{name}").rename(inbox / f"{name}.txt")
        self.dropped.append(name)

    def live_for(self, seconds: float) -> list[float]:
        """Drop live meetings for a while and wait until all are through; their times in seconds."""
        before, end = len(self.dropped), time.monotonic() + seconds
        while time.monotonic() < end:
            self.drop()
            time.sleep(self.pauses.uniform(0, 2 * self.plan.every))
        fresh = set(self.dropped[before:])
        give_up = time.monotonic() + self.plan.patience
        while time.monotonic() < give_up:
            found = [m for m in self.meetings() if m.file_name.removesuffix(".txt") in fresh]
            if len(found) == len(fresh) and all(MEETING_STATES[m.state].terminal for m in found):
                self.last = [m.meeting_id for m in found if m.state in GOOD]
                return [(m.updated_at - m.received_at).total_seconds() for m in found if m.state in GOOD]
            time.sleep(0.5)
        raise SystemExit(f"live meetings did not get through within {self.plan.patience:g} s")

    def steps(self) -> dict[str, list[float]]:
        """Of the live meetings measured last: the seconds each spent on the way to a state, or to a step of its run."""
        spent: dict[str, list[float]] = {}
        with self.deployment.instance() as instance:
            for meeting in self.last:
                passed = asyncio.run(self.ledger.transitions(meeting))
                moments = [(str(each.after), each.at.timestamp()) for each in passed]
                if run := next((each.run_id for each in passed if each.run_id), None):
                    stats = instance.get_run_stats(run)
                    told = {"queued": stats.enqueued_time, "launched": stats.launch_time, "started": stats.start_time}
                    moments += [(f"run_{name}", at) for name, at in told.items() if at is not None]
                moments.sort(key=lambda moment: moment[1])
                for (_, earlier), (name, later) in pairwise(moments):
                    spent.setdefault(name, []).append(later - earlier)
        return spent

    def say(self, what: str) -> None:
        """Progress on stderr: seconds since the start, what is done, and how the ledger stands."""
        found = Counter(f"{'backfill' if m.backfill else 'live'} {m.state}" for m in self.meetings())
        stand = ", ".join(f"{count} {name}" for name, count in sorted(found.items()))
        print(f"[{time.monotonic() - self.began:6.1f} s] {what}: {stand or 'no meetings'}", file=sys.stderr, flush=True)

    def meetings(self) -> tuple[Meeting, ...]:
        """The ledger's rows."""
        return asyncio.run(self.ledger.meetings())

    def done(self) -> int:
        """Meetings of backfills that ended."""
        return sum(1 for m in self.meetings() if m.backfill and MEETING_STATES[m.state].terminal)

    def launch(self, count: int) -> str:
        """Take files in without the inbox, and backfill them; the backfill's id once the first are through.

        The first are more than a full bucket of the rate budget lets through for nothing.
        """
        bucket = self.plan.calls_per_minute / 60 * RatePolicy().burst_seconds
        ids = asyncio.run(self._receive(count))
        backfill = self.deployment.graphql.launch_backfill(ids)
        give_up = time.monotonic() + self.plan.patience
        say_again = time.monotonic() + 15
        while self.done() < min(1.25 * bucket, count // 4):
            if time.monotonic() > give_up:
                raise SystemExit("the backfill did not begin")
            if time.monotonic() > say_again:
                self.say("waiting for the backfill's first meetings")
                say_again += 15
            time.sleep(0.5)
        return backfill

    async def _receive(self, count: int) -> list[str]:
        folder = self.home / "old"
        folder.mkdir(exist_ok=True)
        with open_equipment(self.deployment.settings()) as equipment, self.deployment.instance() as instance:

            async def one(number: int) -> str:
                path = folder / f"old-{number}.txt"
                path.write_text(words(number))
                arrival = await notice(equipment.sources, equipment.configuration, str(path), path.name, None)
                await equipment.ledger.receive(arrival, equipment.clock.now())
                return arrival.meeting_id

            ids: list[str] = []
            for start in range(0, count, 100):
                ids += await asyncio.gather(*(one(n) for n in range(start, min(start + 100, count))))
            register(instance, equipment.ledger, ids)
            return ids

    def rate_over(self, seconds: float) -> float:
        """Backfilled meetings a minute, while nothing else happens."""
        before, started = self.done(), time.monotonic()
        time.sleep(seconds)
        return (self.done() - before) * 60 / (time.monotonic() - started)

    def beside_for(self, seconds: float) -> tuple[list[float], float, bool]:
        """Times of live meetings dropped for a while, the backfill's rate meanwhile, and whether it lasted as long."""
        before, started = self.done(), time.monotonic()
        times = self.live_for(seconds)
        after, lasted = self.done(), time.monotonic() - started
        total = sum(1 for m in self.meetings() if not m.file_name.startswith("live-"))
        return times, (after - before) * 60 / lasted, after < total

    def through(self, count: int) -> bool:
        """Whether the whole backfill ends delivered in time."""
        give_up = time.monotonic() + self.plan.patience
        say_again = time.monotonic() + 30
        while self.done() < count and time.monotonic() < give_up:
            if time.monotonic() > say_again:
                self.say("waiting for the rest")
                say_again += 30
            time.sleep(1)
        return all(m.state in GOOD for m in self.meetings())


@contextmanager
def bench(
    home: Path, plan: Plan, model: FaultyModel, calls_per_minute: float | None, *, production: bool = False
) -> Generator[Bench]:
    """A deployment, of the local profile or the production one, that asks the model within a rate budget or none."""
    home.mkdir(parents=True)
    told: dict[str, Any] = {"inbox": {"settled_seconds": 1}}
    if calls_per_minute is not None:
        told["model"] = {"rate": {"requests_per_minute": calls_per_minute}}
    (home / "artifacts.yaml").write_text(yaml.safe_dump(told))
    variables = {
        "ARTIFACTS_NOW": "",
        "ARTIFACTS_LLM_MODEL": "fake-1",
        "ARTIFACTS_LLM_BASE_URL": model.base_url,
        "PYTHONWARNINGS": "ignore",
    }
    shared: dict[str, Any] = {"definitions": ROOT / "artifact_assets/definitions.py", "variables": variables}
    if not production:
        profile = yaml.safe_load((ROOT / "deploy/local/dagster.yaml").read_text())
        shared["dagster"] = {"run_coordinator": profile["run_coordinator"]}
    with (
        running_production(home, **shared) if production else running(home, **shared) as deployment,
        open_equipment(deployment.settings()) as equipment,
    ):
        yield Bench(deployment, home, plan, equipment.ledger)
