"""A meeting that takes its process down does so three times at most, and takes no other meeting with it."""

from __future__ import annotations

import signal
from collections.abc import Generator
from multiprocessing import get_context
from pathlib import Path

import pytest

from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.states import MeetingState
from tests.pipeline.world import World, opened_world
from tests.stages.deadly import DEADLY, quietly

IDS = [f"meeting-{number}" for number in range(4)]


@pytest.fixture
def world(tmp_path: Path) -> Generator[World]:
    with opened_world(tmp_path, tenant="default") as world:
        world.receive(*(world.write(f"{name}.txt") for name in IDS))
        yield world


def walked(home: Path, way: str) -> int:
    """The exit code of a process that walks all meetings; what it says on standard error goes to a file."""
    process = get_context("spawn").Process(target=quietly, args=(home, way, IDS))
    process.start()
    process.join(120)
    assert process.exitcode is not None
    return process.exitcode


@pytest.mark.parametrize(("way", "code"), [("regex", 1), ("abort", -signal.SIGABRT)])
def test_a_deadly_meeting_is_set_aside_after_three_deaths_and_the_others_get_through(
    world: World, way: str, code: int
) -> None:
    codes: list[int] = []
    deaths: list[int] = []
    while not codes or (codes[-1] and len(codes) < 6):
        codes.append(walked(world.home, way))
        deaths.append(world.meetings()[DEADLY].deaths)
    assert codes == [code, code, code, 0]
    assert deaths == [0, 1, 2, 0], "each successor counts the death of the one before; setting aside starts anew"
    found = world.meetings()
    aside = found.pop(DEADLY)
    assert {m.state for m in found.values()} == {MeetingState.DELIVERED}
    assert (aside.state, aside.failure_class) == (MeetingState.FAILED, FailureClass.RUN_KILLED)
    assert "3 processes in a row died over meeting-2" in str(aside.cause)
    assert ("Timeout" in (world.home / "stderr").read_text()) == (way == "regex")

    # A person who processes it again starts it: the cause may be gone. And a walk that turns, the watchdog leaves alone.
    assert walked(world.home, "") == 0
    assert world.meetings()[DEADLY].state is MeetingState.DELIVERED
