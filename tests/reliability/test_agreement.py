"""Metrics of runs with an outage, a death and a replay, against what those runs counted themselves.

The far side counts its own calls and records, the test its own meetings and times; the metrics come from the ledger alone.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from artifact_assets.domain.destination import Receipt
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.ledger_columns import Days
from artifact_assets.domain.records import Intent
from artifact_assets.domain.states import MeetingState
from artifact_assets.reliability.drawing import drawn
from artifact_assets.reliability.facts import Facts
from artifact_assets.reliability.metrics.registry import measure
from tests.clock import NOON, ScriptedClock
from tests.crashes.faults import Death, DiesAtCall
from tests.pipeline.world import World, opened_world

MEETINGS = 4


class Counting:
    """The real record store, which counts the sends that reach it, and is down until somebody repairs it."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.down = True
        self.refused = 0
        self.accepted: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def send(self, intent: Intent, context: Any = None) -> Receipt:
        """Count, and refuse while down."""
        if self.down:
            self.refused += 1
            raise PipelineError(FailureClass.DESTINATION_UNAVAILABLE, "records cannot be reached.")
        receipt: Receipt = await self._store.send(intent, context)
        self.accepted[intent.intent_key] += 1
        return receipt


def everybody(_owner: str) -> bool:
    """Whoever worked on something before is dead."""
    return True


def facts_of(world: World) -> Facts:
    days = Days(NOON.date() - timedelta(days=1), NOON.date() + timedelta(days=2))
    return asyncio.run(drawn(world.ledger.columns(), days))


def value(facts: Facts, name: str, part: str = "all") -> tuple[float, float, float]:
    (row,) = measure(facts, name).filter(pl.col("part") == part).select("numerator", "denominator", "value").rows()
    return row


@pytest.mark.parametrize("point", [12, 45])
def test_the_metrics_agree_with_what_the_runs_counted(tmp_path: Path, point: int) -> None:
    clock = ScriptedClock()
    with opened_world(tmp_path, clock=clock) as world:
        far_side = Counting(world.records)
        world.equipment = replace(world.equipment, destinations={"records": far_side})
        keys = world.receive(*(world.write(f"talk{number}.txt") for number in range(MEETINGS)))
        world.run(keys)
        deferred = [m for m in world.meetings().values() if m.state is MeetingState.DEFERRED]
        assert len(deferred) == MEETINGS
        assert far_side.refused > 0

        facts = facts_of(world)
        assert measure(facts, "completion")["denominator"].to_list() == [0]
        assert value(facts, "unrecovered") == (MEETINGS, MEETINGS, 1)

        far_side.down = False
        clock.forward(3600)
        dies = DiesAtCall(at=point)
        with suppress(Death):
            world.run(keys, equipment=replace(dies.wrap(world.equipment), is_gone=everybody))
        assert dies.dead, "the run was over before it could die"
        clock.forward(600)
        gone = replace(world.equipment, is_gone=everybody)
        assert world.run(keys, equipment=gone).success
        ended = {m.meeting_id: m.updated_at for m in world.meetings().values() if m.state is MeetingState.DELIVERED}
        assert len(ended) == MEETINGS

        facts = facts_of(world)
        assert value(facts, "completion") == (MEETINGS, MEETINGS, 1)
        began = {m.meeting_id: m.updated_at for m in deferred}
        took = [(ended[name] - began[name]).total_seconds() for name in ended]
        assert value(facts, "time_to_recovery", "destination_unavailable")[:2] == (pytest.approx(sum(took)), MEETINGS)
        landed = sum(far_side.accepted.values())
        assert value(facts, "write_success") == (landed, landed, 1)
        assert set(far_side.accepted.values()) == {1}, "the far side was asked once for each write"
        sends = int(facts["writes"].select(pl.col("sends").sum()).collect().item())
        # A send that the death came before was begun in the ledger and never reached the far side.
        assert sends - (landed + far_side.refused) in {0, 1}
        assert len(world.written()) <= landed

        assert world.run(keys, equipment=gone).success
        facts = facts_of(world)
        needless = value(facts, "replay_safety")
        assert needless[0] == 0
        assert needless[1] >= MEETINGS
        assert sum(far_side.accepted.values()) == landed
