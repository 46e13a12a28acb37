"""The process that erases dies at every write point; then it is said again, and nothing of the meeting may be left."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from artifact_assets.domain.erasure import ErasedContent, Erasure
from artifact_assets.domain.states import MeetingState
from artifact_assets.stages.erasing import Eraser
from tests.crashes.faults import Death, DiesAtCall, Dying
from tests.erasure.planted import lies_in, planted

READS = ("holdings", "erasure", "erasures", "free", "read")


class DiesAtWritePoint(DiesAtCall):
    """Dying at a read is dying at the write before it."""

    def point(self, name: str) -> None:
        if self.dead or name.rpartition(".")[2] not in READS:
            super().point(name)

    def around(self, eraser: Eraser) -> Eraser:
        """The eraser with every port dying on schedule."""

        def dying(port: Any, name: str) -> Any:
            return Dying(port, self, name)

        copies = {step: tuple(dying(place, step.value) for place in places) for step, places in eraser.copies.items()}
        return replace(
            eraser,
            book=dying(eraser.book, "ledger"),
            store=dying(eraser.store, "store"),
            sources=dying(eraser.sources, "sources"),
            tombstones=dying(eraser.tombstones, "tombstones"),
            copies=copies,
        )


def test_after_a_death_at_any_write_point_saying_it_again_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    template = tmp_path / "template"
    with planted(template) as deployment:
        assert deployment.world.run([deployment.plant()]).success
    places, deaths = set[str](), 0
    for at in range(1, 1000):
        home = tmp_path / f"home-{at}"
        # The ledger names files by path, so each trial erases in the place where they were received.
        shutil.copytree(template, home)
        template.rename(tmp_path / "aside")
        home.rename(template)
        dead = _dies(template, at, places)
        shutil.rmtree(template)
        (tmp_path / "aside").rename(template)
        if not dead:
            break
        deaths += 1
    with capsys.disabled():
        print(f"\n{deaths} deaths at {len(places)} kinds of points")
    assert len(places) > 20, "so few kinds of points cannot be all of an erasure"


def _dies(home: Path, at: int, places: set[str]) -> bool:
    faults = DiesAtWritePoint(at)
    with planted(home) as deployment, suppress(Death):
        asyncio.run(faults.around(deployment.eraser).erase("m-1", "ops"))
    places.add(faults.named)
    with planted(home) as deployment:
        # By hand where the meeting was not closed yet, else by the daily job.
        erasure = asyncio.run(_again(deployment.eraser))
        assert erasure.finished_at is not None, faults.named
        meeting = deployment.world.meetings()["m-1"]
        assert meeting.state is MeetingState.ERASED, faults.named
        deployment.world.ledger.close()
    assert lies_in(home) == {}, faults.named
    if at % 10 == 1:
        with planted(home) as deployment, pytest.raises(ErasedContent):
            deployment.plant()
    return faults.dead


async def _again(eraser: Eraser) -> Erasure:
    done = await eraser.resume("daily")
    return done[0] if done else await eraser.erase("m-1", "ops")
