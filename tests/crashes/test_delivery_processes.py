"""Real processes that deliver: killed at write points, stopped past their lease, two at once.

What belongs here: what only signals can show. The sample is small; ``CHAOS=1`` kills at every write point of every adapter.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from artifact_assets.domain.records import IntentPlan
from artifact_assets.domain.states import IntentState
from resources.clock import SystemClock
from tests.destinations.embedded import RecordsSide, embedded
from tests.destinations.rig import IN_REVIEW, Rig, rig_for
from tests.destinations.vendors import VENDORS
from tests.destinations.worker import POLICY

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
CHAOS = bool(os.environ.get("CHAOS"))
SAMPLE = {"pipedrive": (5, 90), "hubspot": (12,), "hubspot-search": (40,), "webhook": (33,), "records": (62,)}
ITEMS = 20
PAST_ITS_LEASE_SECONDS = POLICY.lease_seconds + 2


PATIENCE_SECONDS = 300
"""Of a worker; it ends as soon as nothing is open. A busy machine is many times slower than a quiet one."""


def told(rig: Rig, name: str, ledger: str, die_at: int = 0) -> str:
    work = {"name": name, "url": rig.fake.url, "ledger": ledger, "die_at": die_at, "seconds": PATIENCE_SECONDS}
    return json.dumps(work)


def started(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.destinations.worker", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@contextmanager
def workers() -> Generator[Any]:
    """Something that runs one worker after another, each in a process of its own, and tells how each ended."""
    with started() as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        asked, answers = parent.stdin, parent.stdout

        def run(line: str) -> int:
            asked.write(line + "\n")
            asked.flush()
            return int(answers.readline())

        yield run


@contextmanager
def far_side(name: str, folder: Path, template: Path) -> Generator[Rig]:
    """The rig that looks at what the workers did."""
    if name == "records":
        with rig_for(name, folder, SystemClock(), template=template, case=embedded(), fake=RecordsSide(folder)) as rig:  # pyright: ignore[reportArgumentType] - a far side without HTTP
            yield rig
        return
    with rig_for(name, folder, SystemClock(), template=template) as rig:
        if name == "hubspot-search":
            rig.fake.lag_seconds = 0.4
        yield rig


async def twenty(rig: Rig) -> list[IntentPlan]:
    """Twenty items of every kind the destination takes; some take two writes."""
    plans: list[IntentPlan] = []
    once = [operation for operation in ("set_field", "add_tag") if operation in rig.case.operations]
    for operation in once:
        plans += await rig.plan(operation)
    for number in range(ITEMS - len(once)):
        kind = "add_note" if number % 2 else "create_task"
        words: dict[str, Any] = {"title": f"Task {number}", "due": "2099-01-01"} if kind == "create_task" else {}
        plans += await rig.plan(kind, item=f"item-{number}", **words)
    return plans


async def nothing_twice(rig: Rig, plans: list[IntentPlan]) -> Counter[str]:
    """Landed at most once; landed and in review make what was wanted; one receipt each."""
    rows, counts = {row.intent_key: row for row in await rig.ledger.intents()}, Counter[str]()
    for plan in plans:
        row, landed = rows[plan.intent_key], rig.landed(plan)
        strong = (await rig.destination.capability(plan.operation)).sends_again
        assert landed <= 1
        assert landed + (landed == 0 and row.state in IN_REVIEW) == 1, (row.state, row.cause)
        assert not strong or (landed, row.state) == (1, IntentState.CONFIRMED), (row.state, row.cause)
        assert (row.receipt is not None) == (row.state is IntentState.CONFIRMED)
        counts.update(wanted=1, landed=landed, review=int(landed == 0))
    return counts


@pytest.mark.timeout(7200 if CHAOS else 600)
@pytest.mark.parametrize("name", ["records", *VENDORS] if CHAOS else list(SAMPLE))
def test_a_process_killed_at_a_write_point_leaves_one_record_and_one_receipt(
    tmp_path: Path, sqlite_template: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    counts, deaths = Counter[str](), 0
    with workers() as run:
        for at in count(1) if CHAOS else SAMPLE[name]:
            folder = tmp_path / str(at)
            folder.mkdir()
            with far_side(name, folder, sqlite_template) as rig:
                plans = asyncio.run(twenty(rig))
                ledger = f"sqlite:///{folder / 'ledger.db'}"
                died = run(told(rig, name, ledger, die_at=at))
                assert died in (-signal.SIGKILL, 0)
                assert run(told(rig, name, ledger)) == 0
                counts += asyncio.run(nothing_twice(rig, plans))
            shutil.rmtree(folder)
            if died == 0:
                break
            deaths += 1
    assert deaths > 5 * ITEMS if CHAOS else deaths == len(SAMPLE[name])
    with capsys.disabled():
        told_so = f"wanted {counts['wanted']}, landed {counts['landed']}, in review {counts['review']}"
        print(f"\n{name}: {deaths} kills of {ITEMS} items, writes {told_so}, twice 0")


@pytest.mark.timeout(900)
def test_two_processes_at_once_one_of_them_stopped_past_its_lease(tmp_path: Path, ledger_url: str) -> None:
    writes = 200 if CHAOS else 60
    with rig_for("pipedrive", tmp_path, SystemClock(), ledger_url=ledger_url) as rig:

        async def plan() -> list[Any]:
            return [p for n in range(writes) for p in await rig.plan("add_note", item=f"note-{n}")]

        plans = asyncio.run(plan())
        rig.fake.delay_seconds = 0.02
        # As the vendor does: what is asked for. Two a page would make reading the list longer than the senders' patience.
        rig.fake.page_rows = 100
        work = told(rig, "pipedrive", ledger_url)
        with started(work) as first, started(work) as second:
            while not rig.fake.calls["write"] and first.poll() is None:
                time.sleep(0.05)
            first.send_signal(signal.SIGSTOP)
            time.sleep(PAST_ITS_LEASE_SECONDS)
            first.send_signal(signal.SIGCONT)
            assert [first.wait(), second.wait()] == [0, 0]
        counts = asyncio.run(nothing_twice(rig, plans))
        assert counts == Counter(wanted=writes, landed=writes, review=0)
