"""What delivery costs beside the destination: overhead per write, and how near a drain gets to the ideal.

What belongs here: two figures, printed as JSON. What does not: what destinations do with writes (see ``tests``).

``python -m benchmarks.delivery_bench [--writes 1000] [--latency 0.05] [--in-flight 20] [--sqlite]``
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

from artifact_assets.configuration.destinations import DestinationSettings, RateLimits
from artifact_assets.domain.states import IntentState
from artifact_assets.stages.delivery import Delivery
from artifact_assets.stages.draining import drain
from resources.clock import SystemClock
from resources.http.budget import Limits
from tests.destinations.rig import POLICY, Rig, rig_for
from tests.fakes.http_server import HttpServer, Reply, Request
from tests.postgres import running_postgres


async def _accepted(latency: float, count: list[int], request: Request) -> Reply:
    del request
    count[0] += 1
    return Reply(200, b'{"id": "1"}', {"content-type": "application/json"}, delay=latency)


def be_far_side(latency: float) -> None:
    """Accept every write after ``latency`` seconds until standard input ends; first tell the address, at last the count."""
    count = [0]
    with HttpServer(partial(_accepted, latency, count)) as server:
        print(server.url, flush=True)
        sys.stdin.read()
    print(count[0], flush=True)


@dataclass
class FarSide:
    """The receiver, in a process of its own as a destination is: its work is not to be taken for ours."""

    url: str
    process: subprocess.Popen[str]

    def counted(self) -> int:
        """End it; how many writes it took."""
        told, _ = self.process.communicate("")
        return int(told)


def far_side(latency: float) -> FarSide:
    """Start the receiver."""
    command = [sys.executable, "-m", "benchmarks.delivery_bench", "--be-far-side", str(latency)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return FarSide(process.stdout.readline().strip(), process)


@contextlib.contextmanager
def rig_on(url: str | None, folder: Path, latency: float, in_flight: int) -> Generator[Rig]:
    """A rig on the machine's own clock."""
    limits = Limits(in_flight=in_flight, per_second=100_000)
    clock, fake = SystemClock(), cast("Any", far_side(latency))
    with rig_for("webhook", folder, clock, ledger_url=url, limits=limits, policy=POLICY, fake=fake) as rig:
        settings = DestinationSettings(vendor="webhook", secret="X", limits=RateLimits(in_flight=in_flight))
        configuration = rig.equipment.configuration.model_copy(update={"destinations": {"crm": settings}})
        rig.equipment = replace(rig.equipment, configuration=configuration)
        yield rig


async def planned(rig: Rig, writes: int, meetings: int = 50) -> None:
    """So many writes of so many meetings."""
    plans = [(await rig.plan("add_note", item=f"item-{n}", record=False))[0] for n in range(writes)]
    spread = [replace(plan, meeting_id=f"m{n % meetings}") for n, plan in enumerate(plans)]
    await rig.ledger.plan(tuple(spread), rig.clock.now())


async def sequential(rig: Rig, writes: int) -> float:
    """Seconds a write, one after the other: everything a write costs beside the destination."""
    await planned(rig, writes)
    rows = await rig.ledger.intents()
    delivery = Delivery(rig.equipment, rig.owner)
    started = time.perf_counter()
    await delivery.work_off(rows)
    seconds = (time.perf_counter() - started) / writes
    assert rig.fake.counted() == writes
    return seconds


async def drained(rig: Rig, writes: int) -> float:
    """Seconds for a drain of everything."""
    await planned(rig, writes)
    started = time.perf_counter()
    told = await drain(rig.equipment, rig.owner)
    seconds = time.perf_counter() - started
    assert told.states == {IntentState.CONFIRMED.value: writes}, told.states
    assert rig.fake.counted() == writes
    return seconds


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--writes", type=int, default=1000)
    arguments.add_argument("--latency", type=float, default=0.05)
    arguments.add_argument("--in-flight", type=int, default=20)
    arguments.add_argument("--sqlite", action="store_true")
    arguments.add_argument("--be-far-side", type=float, help=argparse.SUPPRESS)
    told = arguments.parse_args()
    if told.be_far_side is not None:
        be_far_side(told.be_far_side)
        return
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = None if told.sqlite else stack.enter_context(running_postgres())

        def url() -> str | None:
            return None if server is None else server.url(server.new_database())

        (folder / "one").mkdir()
        (folder / "two").mkdir()
        with rig_on(url(), folder / "one", 0, told.in_flight) as rig:
            overhead = asyncio.run(sequential(rig, 200))
        with rig_on(url(), folder / "two", told.latency, told.in_flight) as rig:
            seconds = asyncio.run(drained(rig, told.writes))
    ideal = told.writes * told.latency / told.in_flight
    print(
        json.dumps(
            {
                "database": "sqlite" if told.sqlite else "postgresql",
                "overhead_ms_per_write": round(1000 * overhead, 2),
                "writes": told.writes,
                "latency_ms": round(1000 * told.latency),
                "in_flight": told.in_flight,
                "seconds": round(seconds, 2),
                "ideal_seconds": round(ideal, 2),
                "times_ideal": round(seconds / ideal, 2),
            }
        )
    )


if __name__ == "__main__":
    main()
