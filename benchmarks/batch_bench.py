"""What sending many writes in one request is worth: requests and seconds, against the same writes one by one.

What belongs here: a drain of tasks to a scripted vendor with a fixed latency. What does not: what a vendor does with them.

``python -m benchmarks.batch_bench [--tasks 500] [--latency 0.05] [--in-flight 8] [--per-second 100]``
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from artifact_assets.configuration.destinations import DestinationSettings, RateLimits
from artifact_assets.domain.states import IntentState
from artifact_assets.stages.draining import drain
from resources.clock import SystemClock
from resources.destinations import hubspot, salesforce
from resources.http.budget import Limits
from tests.destinations.rig import POLICY, rig_for

VENDORS: dict[str, ModuleType] = {"hubspot": hubspot, "salesforce": salesforce}


def drained(name: str, tasks: int, told: argparse.Namespace) -> dict[str, float]:
    """One drain: seconds, and write requests that the far side saw."""
    limits = Limits(in_flight=told.in_flight, per_second=told.per_second)
    with (
        tempfile.TemporaryDirectory() as folder,
        rig_for(name, Path(folder), SystemClock(), policy=POLICY, limits=limits) as rig,
    ):
        limited = {"vendor": name, "secret": "X", "limits": RateLimits(in_flight=told.in_flight)}
        settings = DestinationSettings.model_validate(limited)
        configuration = rig.equipment.configuration.model_copy(update={"destinations": {"crm": settings}})
        rig.equipment = replace(rig.equipment, configuration=configuration)

        async def work() -> float:
            for number in range(tasks):
                await rig.plan("create_task", item=f"item-{number}", due="2099-01-01")
            rig.fake.delay_seconds = told.latency
            started = time.perf_counter()
            await drain(rig.equipment, rig.owner)
            seconds = time.perf_counter() - started
            assert {row.state for row in await rig.ledger.intents()} == {IntentState.CONFIRMED}
            return seconds

        seconds = asyncio.run(work())
        assert all(rig.landed(plan) == 1 for plan in rig.planned[:20])
        return {"seconds": round(seconds, 2), "requests": rig.fake.calls["write"]}


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--tasks", type=int, default=500)
    arguments.add_argument("--latency", type=float, default=0.05)
    arguments.add_argument("--in-flight", type=int, default=8)
    arguments.add_argument("--per-second", type=float, default=100.0)
    told = arguments.parse_args()
    for name, module in VENDORS.items():
        rows: int = module.ROWS
        together = drained(name, told.tasks, told)
        module.ROWS = 1  # pyright: ignore[reportAttributeAccessIssue] - the same code, one row a request
        alone = drained(name, told.tasks, told)
        module.ROWS = rows  # pyright: ignore[reportAttributeAccessIssue] - as it was
        fewer = round(alone["requests"] / together["requests"], 1)
        faster = round(alone["seconds"] / together["seconds"], 1)
        line = {"vendor": name, "tasks": told.tasks, "together": together, "alone": alone}
        print(json.dumps({**line, "times_fewer_requests": fewer, "times_faster": faster}), flush=True)


if __name__ == "__main__":
    main()
