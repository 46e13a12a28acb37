"""Carrying out one phase of a replay plan: by the daemon where one runs, else in this process.

What belongs here: choosing the way, watching, and leaving a clean state when interrupted. What does not: what the phase does
to a meeting (see ``artifact_assets.stages.replay``).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import dagster as dg

from artifact_assets.assets.replay_plan import REPLAY_PLAN
from artifact_assets.assets.specs import asset_key
from artifact_assets.backfills import cancel, daemon_lives, is_over, start
from artifact_assets.commands.output import remark
from artifact_assets.commands.progress import Bar
from artifact_assets.domain.replay import PHASE_TAG, PLAN_TAG, TO_APPLY, TO_PREPARE, Phase
from artifact_assets.domain.states import ENDS_OF_DELIVERY, STAGES
from artifact_assets.in_process import run_here
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.result import MeetingResult

POLL_SECONDS = 1.0
PRIORITY = "-10"
"""Live meetings go first, as before any backfill."""
TO_DO = {Phase.PREPARE: TO_PREPARE, Phase.APPLY: TO_APPLY}
ASSETS = {Phase.PREPARE: [REPLAY_PLAN], Phase.APPLY: [asset_key(stage) for stage in STAGES]}


@dataclass
class Replaying:
    """One phase of the plan ``plan_id`` over ``keys``. ``here`` keeps it in this process even beside a daemon."""

    equipment: Equipment
    instance: dg.DagsterInstance
    plan_id: str
    phase: Phase
    keys: Sequence[str]
    here: bool = False

    def carry_out(self, bar: Bar) -> None:
        """Do it, or have it done, and return when it is over. A KeyboardInterrupt leaves what is finished."""
        if not self.keys:
            # Dagster refuses a backfill of nothing.
            return
        bar.expect(len(self.keys))
        tags = {PLAN_TAG: self.plan_id, PHASE_TAG: self.phase.value}
        if self.here or not daemon_lives(self.instance, time.time()):

            def count(_: MeetingResult) -> None:
                bar.advance()

            counting = replace(self.equipment, on_result=count)
            run_here(counting, self.instance, self.keys, ASSETS[self.phase], tags)
            return
        backfill = start(
            self.equipment,
            self.instance,
            self.keys,
            ASSETS[self.phase],
            passable=self._passable(),
            tags={**tags, "dagster/priority": PRIORITY, "artifacts/source": "replay"},
            title=f"replay {self.plan_id}: {self.phase}",
        )
        remark(f"Backfill {backfill} was given to Dagster's daemon; the web UI shows it, and can cancel it.")
        self._watch(backfill, bar)

    def _watch(self, backfill: str, bar: Bar) -> None:
        done = 0
        try:
            while not is_over(self.instance, backfill):
                now = len(self.keys) - self._left()
                for _ in range(now - done):
                    bar.advance()
                done = max(done, now)
                time.sleep(POLL_SECONDS)
        except KeyboardInterrupt:
            cancel(self.instance, backfill)
            remark(f"Backfill {backfill} is being cancelled; its finished meetings are kept.")
            raise

    def _left(self) -> int:
        found = asyncio.run(self.equipment.ledger.entries(self.plan_id, meeting_ids=self.keys))
        return sum(entry.state in TO_DO[self.phase] for entry in found)

    def _passable(self) -> set[str]:
        """Meetings that may lie in a range without being meant: shown again as they are, which has to be the whole."""
        meetings = asyncio.run(self.equipment.ledger.meetings())
        return {m.meeting_id for m in meetings if self.phase is Phase.PREPARE or m.state in ENDS_OF_DELIVERY}
