"""How much the ledger costs a meeting.

What belongs here: meetings that are begun, committed five times with an event told after each, deliver eight writes and are
released, 50 at once, on SQLite and on PostgreSQL. What does not: stages, documents and Dagster. Run it with
``python -m benchmarks.ledger_bench [MEETINGS]``; no test depends on its figures.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from artifact_assets.domain.artifact import ItemKind, ItemState
from artifact_assets.domain.records import (
    Arrival,
    Checkpoint,
    CheckResult,
    Counts,
    IntentPlan,
    KnownItem,
    Settlement,
    StageCommit,
)
from artifact_assets.domain.states import STAGES, IntentState, MeetingState, Stage
from resources.clock import SystemClock
from resources.ledger.ledger import SqlLedger, open_ledger
from tests.postgres import running_postgres

AT_ONCE = 50
WRITES = 8


@dataclass(frozen=True)
class Cost:
    """What one phase cost. ``operations`` are calls of the port; times are seconds."""

    phase: str
    operations: int
    wall: float
    cpu: float


def main() -> None:
    """Print one line per database and phase."""
    meetings = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as folder, running_postgres(durable=True) as postgres:
        for url in (f"sqlite:///{Path(folder) / 'ledger.db'}", postgres.url(postgres.new_database())):
            for cost in asyncio.run(measured(url, meetings)):
                print(
                    f"{url.partition(':')[0]:<10} {cost.phase:<22} {cost.operations / cost.wall:8.0f} operations/s "
                    f"{cost.wall * 1000 / cost.operations:6.2f} ms and {cost.cpu * 1000 / cost.operations:5.2f} ms CPU each, "
                    f"{meetings / cost.wall:6.0f} meetings/s, {cost.cpu * 1000 / meetings:5.2f} ms CPU a meeting"
                )


async def measured(url: str, meetings: int) -> list[Cost]:
    """Take all meetings through, phase by phase."""
    ids = [f"meeting-{number}" for number in range(meetings)]
    costs: list[Cost] = []
    with open_ledger(url, tenant="bench", clock=SystemClock()) as ledger:
        for phase, work, each in (
            ("receive", received, 1),
            ("begin+5 commit+release", staged, 7),
            ("plan+8 x claim+settle", delivered, 1 + 2 * WRITES),
        ):
            wall, cpu = time.perf_counter(), time.process_time()
            await at_once(work, ledger, ids)
            await ledger.flush()
            costs.append(Cost(phase, each * meetings, time.perf_counter() - wall, time.process_time() - cpu))
    return costs


async def at_once(work: Callable[[SqlLedger, str], Awaitable[None]], ledger: SqlLedger, ids: list[str]) -> None:
    """Fifty meetings at a time."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(meeting_id: str) -> None:
        async with gate:
            await work(ledger, meeting_id)

    await asyncio.gather(*(one(meeting_id) for meeting_id in ids))


async def received(ledger: SqlLedger, meeting_id: str) -> None:
    """A file arrives."""
    arrival = Arrival(meeting_id, f"/inbox/{meeting_id}.vtt", f"{meeting_id}.vtt", "a" * 64, 28_000)
    await ledger.receive(arrival, datetime.now(UTC))


async def staged(ledger: SqlLedger, meeting_id: str) -> None:
    """Five stages finish."""
    assert await ledger.begin(meeting_id, "run", 60) is not None
    for stage in STAGES:
        now = datetime.now(UTC)
        checkpoint = Checkpoint(
            meeting_id=meeting_id,
            stage=stage,
            key="k" * 64,
            components={"upstream": "a" * 64, "version": "1", "policy": "b" * 64},
            document="d" * 64,
            run_id="run",
            created_at=now,
            metadata={"turns": 250, "speakers": 4, "seconds": 1800.5, "document": "/store/dd/" + "d" * 62},
            checks=tuple(
                CheckResult(check, True, metadata={"items": 8}) for check in ("accurate", "relevant", "timely")
            ),
        )
        items = None
        if stage is Stage.VALIDATED:
            items = tuple(
                KnownItem(f"{meeting_id}-{n}", meeting_id, ItemKind.ACTION_ITEM, ItemState.ACCEPTED, "d" * 64, now, now)
                for n in range(WRITES)
            )
        state = MeetingState(stage.value) if stage is not Stage.TRANSCRIPT else MeetingState.RECEIVED
        commit = StageCommit(meeting_id, "run", state, now, "run", checkpoint, items, Counts(8, 0, 0))
        await ledger.commit(commit, after=lambda: None)
    await ledger.release(meeting_id, "run")


async def delivered(ledger: SqlLedger, meeting_id: str) -> None:
    """Eight writes are planned, sent and confirmed one after the other."""
    plans = tuple(
        IntentPlan(
            intent_key=f"{meeting_id}-{number}",
            record_key=f"{meeting_id}-{number}",
            meeting_id=meeting_id,
            item_id=f"{meeting_id}-{number}",
            destination="records",
            account="account",
            operation="create_task",
            target={"object": "deal", "id": "1"},
            payload={"title": "send the contract", "owner": "Dana", "quote": "I will send the contract by Friday"},
            payload_digest="p" * 64,
            revision="r" * 64,
        )
        for number in range(WRITES)
    )
    for intent in await ledger.plan(plans, datetime.now(UTC)):
        assert await ledger.claim(intent.intent_key, "run", 60, datetime.now(UTC)) is not None
        receipt = {"record_id": "12", "url": "records:task/12"}
        now = datetime.now(UTC)
        await ledger.settle(Settlement(intent.intent_key, "run", IntentState.CONFIRMED, now, "accepted", receipt))


if __name__ == "__main__":
    main()
