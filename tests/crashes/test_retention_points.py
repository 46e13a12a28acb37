"""The process that removes what was kept long enough dies at every write point; the next pass leaves nothing of what it began.

In a normal run a part of the points, all of them with CHAOS=1 (`make chaos`).
"""

from __future__ import annotations

import asyncio
import os
import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from artifact_assets.domain.retention import RetentionPolicy
from artifact_assets.domain.states import MeetingState
from artifact_assets.stages.retaining import Passed, Retaining
from tests.crashes.faults import Death, DiesAtCall, Dying
from tests.erasure.planted import Planted, lies_in, planted, retaining_of

READS = ("candidates", "outlook", "unfinished", "free", "confirmed")
POLICY = RetentionPolicy.model_validate(
    {"default": {"source": "1 day", "documents": "1 day", "answers": "1 day", "ledger_text": "1 day"}}
)
EVERY = 1 if os.environ.get("CHAOS") else 3


class DiesAtWritePoint(DiesAtCall):
    """Dying at a read is dying at the write before it."""

    def point(self, name: str) -> None:
        if self.dead or name.rpartition(".")[2] not in READS:
            super().point(name)

    def around(self, work: Retaining) -> Retaining:
        """The pass with every port dying on schedule."""

        def dying(port: Any, name: str) -> Any:
            return Dying(port, self, name)

        quotes = tuple(dying(place, "dagster") for place in work.quotes)
        ports = {name: dying(getattr(work, name), name) for name in ("book", "store", "sources")}
        return replace(work, quotes=quotes, **ports)


def one_pass(deployment: Planted, faults: DiesAtWritePoint | None = None) -> Passed:
    """A pass two days from now."""
    work = retaining_of(deployment.world, POLICY, days=2)
    return asyncio.run((faults.around(work) if faults else work).go("pipeline"))


def test_after_a_death_at_any_write_point_the_next_pass_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    template = tmp_path / "template"
    with planted(template) as deployment:
        assert deployment.world.run([deployment.plant()]).success
        work = retaining_of(deployment.world, POLICY)
        asyncio.run(work.book.confirm(POLICY.id, "ops", work.clock.now()))
    places, deaths = set[str](), 0
    for at in range(1, 1000, EVERY):
        home = tmp_path / f"home-{at}"
        # The ledger names files by path, so each trial removes in the place where they were received.
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
    assert len(places) > (12 if EVERY == 1 else 6), "so few kinds of points cannot be all of a pass"


def _dies(home: Path, at: int, places: set[str]) -> bool:
    faults = DiesAtWritePoint(at)
    with planted(home) as deployment, suppress(Death):
        one_pass(deployment, faults)
    places.add(faults.named)
    with planted(home) as deployment:
        one_pass(deployment)
        work = retaining_of(deployment.world, POLICY, days=2)
        assert asyncio.run(work.book.unfinished()) == (), faults.named
        assert one_pass(deployment) == Passed(), faults.named
        meeting = deployment.world.meetings()["m-1"]
        assert (meeting.state, meeting.source) == (MeetingState.DELIVERED, ""), faults.named
        told = [one for one in asyncio.run(deployment.world.ledger.interventions("m-1")) if one.action == "retention"]
        assert {part for one in told for part in one.details} == {"source", "documents", "answers", "ledger_text"}
        deployment.world.ledger.close()
    assert set(lies_in(home)) <= {"records.db", "records.db-wal"}, faults.named
    return faults.dead
