"""Several commands at once, in one home that none of them has seen before."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.commands.shell import COMMAND, ROOT, Shell, write_meeting

AT_ONCE = 3


def test_commands_that_start_together_all_end_right_and_write_once(shell: Shell, tmp_path: Path) -> None:
    files = [str(write_meeting(tmp_path, f"{n}.vtt", sidecar={"meeting_id": f"m{n}"})) for n in range(3)]
    started = [
        subprocess.Popen(
            [*COMMAND, "process", *files],
            cwd=ROOT,
            env=shell.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        for _ in range(AT_ONCE)
    ]
    told = [process.communicate(timeout=120)[1] for process in started]
    assert [process.returncode for process in started] == [0] * AT_ONCE, told
    assert {row["state"] for row in shell("meetings", "--json").json()} == {"delivered"}
    writes = shell("deliveries", "--json").json()
    assert {(row["state"], row["attempts"]) for row in writes} == {("confirmed", 1)}
    counts = {row["object"]: row["count"] for row in shell("records", "--json").json()}
    assert (counts["task"], counts["note"], len(writes)) == (3, 3, 6)


def test_a_dagster_home_that_cannot_be_written_is_one_line(shell: Shell, tmp_path: Path) -> None:
    shell.home.mkdir()
    (shell.home / "dagster").write_text("a file where the folder should be")
    shell("process", write_meeting(tmp_path)).assert_refused("storage_unavailable")
