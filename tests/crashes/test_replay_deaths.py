"""A replay is killed at its n-th outside call, for every n, while preparing and while applying; then it goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from artifact_assets.domain.records import Checkpoint
from artifact_assets.domain.replay import EntryState
from artifact_assets.domain.states import STAGES, MeetingState
from artifact_assets.stages.case import Case
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.replay.application import Application
from artifact_assets.stages.replay.choosing import Choice, new_plan
from artifact_assets.stages.replay.preparing import Preparing
from artifact_assets.stages.result import MeetingResult
from artifact_assets.stages.walk import Walk
from tests.crashes.faults import Death, DiesAtCall
from tests.pipeline.planted_bug import PlantedBug, talk
from tests.pipeline.world import World, opened_world, with_extractor

MEETINGS = 60
"""More than there are points to die at while applying."""


def test_a_replay_killed_at_any_outside_call_goes_on_and_changes_everything_once(tmp_path: Path) -> None:
    with opened_world(tmp_path) as world:
        bug = PlantedBug()
        world.equipment = with_extractor(world.equipment, bug)
        names = [f"m{number:02d}" for number in range(MEETINGS)]
        keys = world.receive(*(world.write(f"{name}.txt", talk(name, pilot=True)) for name in names))
        asyncio.run(Walk(world.equipment, "first", frozenset(STAGES), _unheard).over(keys))
        bug.fixed = True
        plan = asyncio.run(new_plan(world.equipment, Choice(), keys, "Ann", "fixed")).plan_id
        prepared = _killed_over(world, keys, lambda equipment, key: _prepare(equipment, plan, key))
        assert prepared > 10
        assert {entry.state for entry in asyncio.run(world.ledger.entries(plan))} == {EntryState.PREPARED}
        before = sorted(world.written(), key=str)
        applied = _killed_over(world, keys, lambda equipment, key: _apply(equipment, plan, key))
        assert applied > 25, "so few kinds of points cannot be a whole application"

        assert {entry.state for entry in asyncio.run(world.ledger.entries(plan))} == {EntryState.APPLIED}
        assert {meeting.state for meeting in world.meetings().values()} == {MeetingState.DELIVERED}
        # What the bug had lost is there once; what it had changed was changed, not made again.
        found = [("note", f"Decision: Go with the two year contract for {name}") for name in names]
        assert sorted(world.written(), key=str) == sorted([*before, *found], key=str)
        assert {task.fields["owner"] for task in asyncio.run(world.records.list_records("task"))} == {"Ben"}


def _killed_over(world: World, keys: list[str], work: Callable[[Equipment, str], None]) -> int:
    """Do ``work`` for each meeting, killed one call later each time, and again; returns how often it was killed."""
    deaths = 0
    for at, key in enumerate(keys, start=1):
        faults = DiesAtCall(at)
        with suppress(Death, Exception):
            work(faults.wrap(world.equipment), key)
        deaths += faults.dead
        if faults.dead:
            work(replace(world.equipment, is_gone=_dead), key)
    return deaths


def _dead(_: str) -> bool:
    return True


def _prepare(equipment: Equipment, plan: str, key: str) -> None:
    asyncio.run(Preparing(equipment, plan, "prepare").over([key]))


def _apply(equipment: Equipment, plan: str, key: str) -> None:
    async def applied(case: Case) -> MeetingResult:
        return await Application(case, _unheard, plan).go()

    walk = Walk(equipment, "apply", frozenset(STAGES), _unheard, passage=applied)
    (result,) = asyncio.run(walk.over([key]))
    assert result.finished, result


def _unheard(checkpoint: Checkpoint, *, reused: bool) -> None:
    del checkpoint, reused
