"""Real processes that deliver: killed at write points, stopped past their lease, two at once.

What belongs here: what only signals can show. The sample is small; ``CHAOS=1`` kills at every write point of every vendor.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from artifact_assets.domain.records import IntentPlan
from artifact_assets.domain.states import IntentState
from resources.clock import SystemClock
from tests.destinations.rig import IN_REVIEW, Rig, rig_for
from tests.destinations.vendors import VENDORS

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
CHAOS = bool(os.environ.get("CHAOS"))
SAMPLE = [("pipedrive", 5), ("hubspot", 12), ("webhook", 33)]
# A lagging search is waited for by the minute; its deaths are those of ``test_delivery_points``, on a scripted clock.
EVERY = [(name, at) for name in VENDORS if name != "hubspot-search" for at in range(1, 61)]


def started(rig: Rig, name: str, ledger: str, die_at: int = 0) -> subprocess.Popen[bytes]:
    told = {"name": name, "url": rig.fake.url, "ledger": ledger, "die_at": die_at, "seconds": 60}
    return subprocess.Popen([sys.executable, "-m", "tests.destinations.worker", json.dumps(told)], cwd=ROOT)


async def nothing_twice(rig: Rig, plans: list[IntentPlan]) -> None:
    """Landed at most once; landed and in review make what was wanted; one receipt each."""
    rows = {row.intent_key: row for row in await rig.ledger.intents()}
    for plan in plans:
        row, landed = rows[plan.intent_key], rig.landed(plan)
        strong = (await rig.destination.capability(plan.operation)).sends_again
        assert landed <= 1
        assert landed + (landed == 0 and row.state in IN_REVIEW) == 1, (row.state, row.cause)
        assert not strong or (landed, row.state) == (1, IntentState.CONFIRMED), (row.state, row.cause)
        assert (row.receipt is not None) == (row.state is IntentState.CONFIRMED)


async def twenty(rig: Rig) -> list[IntentPlan]:
    plans: list[IntentPlan] = []
    for number in range(10):
        plans += await rig.plan("create_task", item=f"task-{number}", title=f"Task {number}", due="2099-01-01")
        plans += await rig.plan("add_note", item=f"note-{number}")
    return plans


@pytest.mark.parametrize(("name", "at"), EVERY if CHAOS else SAMPLE)
def test_a_process_killed_at_a_write_point_leaves_one_record_and_one_receipt(
    tmp_path: Path, sqlite_template: Path, name: str, at: int
) -> None:
    with rig_for(name, tmp_path, SystemClock(), template=sqlite_template) as rig:
        plans = asyncio.run(twenty(rig))
        ledger = f"sqlite:///{tmp_path / 'ledger.db'}"
        assert started(rig, name, ledger, die_at=at).wait(90) in (-signal.SIGKILL, 0)
        assert started(rig, name, ledger).wait(120) == 0
        asyncio.run(nothing_twice(rig, plans))


def test_two_processes_at_once_one_of_them_stopped_past_its_lease(tmp_path: Path, ledger_url: str) -> None:
    writes = 200 if CHAOS else 60
    with rig_for("pipedrive", tmp_path, SystemClock(), ledger_url=ledger_url) as rig:

        async def plan() -> list[Any]:
            return [p for n in range(writes) for p in await rig.plan("add_note", item=f"note-{n}")]

        plans = asyncio.run(plan())
        rig.fake.delay_seconds = 0.02
        first, second = started(rig, "pipedrive", ledger_url), started(rig, "pipedrive", ledger_url)
        deadline = time.monotonic() + 60
        while not rig.fake.calls["write"] and time.monotonic() < deadline:
            time.sleep(0.05)
        first.send_signal(signal.SIGSTOP)
        time.sleep(4)
        first.send_signal(signal.SIGCONT)
        assert [first.wait(120), second.wait(120)] == [0, 0]
        asyncio.run(nothing_twice(rig, plans))
