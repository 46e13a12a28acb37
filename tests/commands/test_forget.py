"""``forget`` at the terminal and in scripts."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.commands.shell import SPOKEN, Shell, write_meeting

SIDECAR = {
    "meeting_id": "acme",
    "started_at": "2026-11-17T10:00:00+01:00",
    "participants": [{"name": "Ada Moor", "email": "ada@acme.example"}, {"name": "Bob Stone"}],
}


def test_a_person_is_erased_with_all_meetings_and_told_what_remains(shell: Shell, tmp_path: Path) -> None:
    mine = write_meeting(tmp_path, sidecar=SIDECAR)
    dropped = write_meeting(shell.home / "inbox", "other.vtt", sidecar={**SIDECAR, "meeting_id": "b-2"})
    assert shell("process", mine, dropped).code == 0

    shell("forget", "nobody").assert_refused("unreadable_input")
    shell("forget").assert_refused("unreadable_input")
    previewed = shell("forget", "--person", "ADA@acme.example", "--dry-run", "--json").json()
    assert [row["meeting_id"] for row in previewed["meetings"]] == ["acme", "b-2"]
    assert previewed["meetings"][0]["same_transcript"] == ["b-2"]
    assert {row["state"] for row in shell("meetings", "--json").json()} == {"delivered"}

    told = shell("forget", "--person", "ada@acme.example", "--json")
    assert told.code == 0
    told.assert_discreet()
    first, second = told.json()["erasures"]
    assert {"what": "source files outside the inbox", "count": 2} in first["remains"]
    assert second["removed"]["sources"] == 2
    assert "ada" not in str(first["removed"]).lower()
    assert any("Backups" in line for line in told.json()["remains"])
    assert not dropped.exists()
    assert mine.exists()

    assert {row["state"] for row in shell("meetings", "--json").json()} == {"erased"}
    for file in shell.home.rglob("*"):
        assert not file.is_file() or SPOKEN.encode() not in file.read_bytes().lower(), file
        assert not file.is_file() or b"ada@acme" not in file.read_bytes().lower(), file
    # The same file again, also under another name, is refused in one line.
    again = shell("process", mine)
    assert again.code == 2
    assert "was erased on request" in again.err
    renamed = shutil.copy(mine, tmp_path / "renamed.vtt")
    assert "was erased on request" in shell("process", renamed).err
    assert shell("forget", "--resume", "--json").json()["erasures"] == []
