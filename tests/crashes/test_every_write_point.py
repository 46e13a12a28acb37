"""The process dies at its n-th outside call, for every n; then a re-run, and everything must be there exactly once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from artifact_assets.domain.records import Checkpoint
from artifact_assets.domain.states import STAGES, IntentState, MeetingState, Stage
from tests.crashes.faults import Death, DiesAtCall
from tests.pipeline.world import World, opened_world

LINES = (
    "Ben: I'll send the revised quote for {name} to Carla by Friday.",
    "Carla: We decided to take the two year contract for {name}.",
)


@pytest.mark.parametrize("meetings", [1, 2])
def test_after_a_death_at_any_outside_call_a_rerun_leaves_everything_exactly_once(
    tmp_path: Path, ledger_url: str, meetings: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened_world(tmp_path, ledger_url) as world:
        trial = Trial(world, meetings)
        # Two meetings at once add interleavings, not places to die: every fifth point is enough for them.
        for at in range(1, 10_000, 1 if meetings == 1 else 5):
            if not trial.dies_at(at):
                break
        trial.nothing_is_lost()
    with capsys.disabled():
        print(
            f"\n{sum(trial.deaths.values())} deaths at {len(trial.deaths)} kinds of points, {meetings} meetings at once"
        )
    assert len(trial.deaths) > (25 if meetings == 1 else 10), "so few kinds of points cannot be a whole pipeline"


def _dead(_: str) -> bool:
    return True


@dataclass
class Trial:
    """Deaths one after the other in one deployment, each with meetings of its own."""

    world: World
    meetings: int
    deaths: Counter[str] = field(default_factory=Counter[str])
    keys: list[str] = field(default_factory=list[str])

    def dies_at(self, at: int) -> bool:
        """A run that dies at point ``at`` and a re-run; False when the first run got through before."""
        names = [f"p{at}-{number}" for number in range(self.meetings)]
        keys = self.world.receive(
            *(self.world.write(f"{n}.txt", [line.format(name=n) for line in LINES]) for n in names)
        )
        self.keys += keys
        faults = DiesAtCall(at)
        with faults.around_events(self.world.instance), suppress(Death, Exception):
            self.world.run(keys, equipment=faults.wrap(self.world.equipment))
        if faults.dead:
            self.deaths[faults.named] += 1
            self._runs_again(keys, f"point {at}: {faults.named}")
        return faults.dead

    def _runs_again(self, keys: Sequence[str], told: str) -> None:
        kept = self._checkpoints(keys)
        # The dead run is known to be dead, as the operating system would tell of its process.
        survivor = replace(self.world.equipment, is_gone=_dead)
        assert self.world.run(keys, equipment=survivor).success, told
        finished = {(c.meeting_id, c.stage): c.created_at for c in self._checkpoints(keys)}
        for checkpoint in kept:
            if checkpoint.stage is not Stage.DELIVERED:
                assert finished[checkpoint.meeting_id, checkpoint.stage] == checkpoint.created_at, f"{told}: repeated"
        for key in keys:
            intents = self.world.intents(key)
            assert len(intents) == 2, told
            assert {intent.state for intent in intents} == {IntentState.CONFIRMED}, told
            assert all(intent.receipt for intent in intents), told
        assert asyncio.run(self.world.ledger.pending(10)) == (), told

    def _checkpoints(self, keys: Sequence[str]) -> list[Checkpoint]:
        return [c for key in keys for c in asyncio.run(self.world.ledger.checkpoints(key))]

    def nothing_is_lost(self) -> None:
        """Ledger, record store and Dagster agree on every meeting, and each thing is there once."""
        world = self.world
        assert {m.state for m in world.meetings().values()} == {MeetingState.DELIVERED}
        expected = [("note", f"Decision: Take the two year contract for {name}") for name in self.keys]
        expected += [("task", f"Send the revised quote for {name} to Carla by Friday") for name in self.keys]
        assert sorted(world.written(), key=str) == sorted(expected, key=str)
        for stage in STAGES:
            assert world.status(stage) == (set(self.keys), set()), stage
        assert set(world.check_statuses().values()) == {"SUCCEEDED"}
