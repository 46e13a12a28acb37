"""SIGKILL of a process that erases, or removes what was kept long enough: said again, nothing of the meeting is left.

What belongs here: what only a real end of a process shows: locks, half-written files, a database's log. In a normal run a few
points, with CHAOS=1 all of them.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from artifact_assets.domain.erasure import ErasedContent
from artifact_assets.domain.states import MeetingState
from tests.crashes import test_retention_points
from tests.erasure.planted import Planted, lies_in, planted, retaining_of

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
CHAOS = bool(os.environ.get("CHAOS"))
SAMPLE = {"forget": (9, 34, 48), "retention": (14,)}
"""In the middle of files and records, of documents and rows, and before the end is on record."""


@pytest.mark.timeout(3600 if CHAOS else 600)
@pytest.mark.parametrize("what", list(SAMPLE))
def test_a_killed_process_leaves_nothing_once_it_is_said_again(
    tmp_path: Path, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    template, home = tmp_path / "template", tmp_path / "home"
    # The ledger names files by path, so each trial happens in the place where they were received.
    with planted(home) as deployment:
        assert deployment.world.run([deployment.plant()]).success
        work = retaining_of(deployment.world, test_retention_points.POLICY)
        asyncio.run(work.book.confirm(work.policy.id, "ops", work.clock.now()))
    home.rename(template)
    kills = 0
    command = [sys.executable, "-m", "tests.crashes.eraser_process"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        for at in count(1) if CHAOS else SAMPLE[what]:
            shutil.copytree(template, home)
            parent.stdin.write(json.dumps({"home": str(home), "what": what, "at": at}) + "\n")
            parent.stdin.flush()
            ended = int(parent.stdout.readline())
            assert ended in (-signal.SIGKILL, 0), (at, ended)
            with planted(home) as deployment:
                (_erased_again if what == "forget" else _removed_again)(deployment)
                deployment.world.ledger.close()
            # What was written to the record store stays by retention: it is a destination.
            left = set(lies_in(home)) - (set() if what == "forget" else {"records.db", "records.db-wal"})
            assert left == set(), (at, left)
            shutil.rmtree(home)
            if ended == 0:
                break
            kills += 1
        parent.stdin.close()
    assert kills > 20 if CHAOS else kills == len(SAMPLE[what])
    with capsys.disabled():
        print(f"\n{what}: {kills} kills, nothing left")


def _erased_again(deployment: Planted) -> None:
    done = asyncio.run(deployment.eraser.resume("daily"))
    erasure = done[0] if done else asyncio.run(deployment.eraser.erase("m-1", "ops"))
    assert erasure.finished_at is not None
    assert deployment.world.meetings()["m-1"].state is MeetingState.ERASED
    with pytest.raises(ErasedContent):
        deployment.plant()
    for file in (deployment.world.home / "inbox").iterdir():
        file.unlink()


def _removed_again(deployment: Planted) -> None:
    test_retention_points.one_pass(deployment)
    work = retaining_of(deployment.world, test_retention_points.POLICY, days=2)
    assert asyncio.run(work.book.unfinished()) == ()
    meeting = deployment.world.meetings()["m-1"]
    assert (meeting.state, meeting.source) == (MeetingState.DELIVERED, "")
