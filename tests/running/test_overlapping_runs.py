"""Two runs over the same meetings, and the command line beside a backfill: nothing twice, nothing locked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from artifact_assets.domain.states import STAGES, MeetingState
from tests.instruments.deployment import ROOT, running
from tests.running.talks import write_meetings

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kills")]


def test_two_overlapping_backfills_and_the_command_line_do_nothing_twice(tmp_path: Path) -> None:
    (tmp_path / "artifacts.yaml").write_text("walk: {concurrency: 4}\n")
    with running(tmp_path, extraction_seconds=0.3) as deployment:
        paths = write_meetings(tmp_path, [f"o{number:02d}" for number in range(24)])
        keys = deployment.receive(paths)
        first = deployment.graphql.launch_backfill(keys)
        second = deployment.graphql.launch_backfill(keys[6:])
        command = [sys.executable, "-m", "artifact_assets", "process", "--json", *map(str, paths[:12])]
        done = subprocess.run(
            command, check=False, cwd=ROOT, env=deployment.environment, capture_output=True, timeout=240
        )
        assert done.returncode == 0, done.stderr
        assert {row["state"] for row in json.loads(done.stdout)} == {"delivered"}

        assert deployment.graphql.wait_for_backfill(first) in {"COMPLETED", "COMPLETED_SUCCESS"}
        assert deployment.graphql.wait_for_backfill(second) in {"COMPLETED", "COMPLETED_SUCCESS"}
        assert {m.state for m in deployment.meetings().values()} == {MeetingState.DELIVERED}
        assert deployment.graphql.partitions() == {stage.value: (24, 0) for stage in STAGES}
        calls = deployment.calls()
        assert {n for call, n in calls.items() if call.startswith("answer")} == {1}
        written = deployment.written()
        assert (len(written), set(written.values())) == (48, {1})
        logs = "".join((tmp_path / f"{name}.log").read_text(errors="replace") for name in deployment.processes)
        assert "database is locked" not in logs + done.stderr.decode()
