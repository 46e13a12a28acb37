"""A home, a configuration or a ledger that is not as it should be: one line, and everything left as it was."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from artifact_assets.configuration.settings import Settings
from artifact_assets.wiring import clock_for
from tests.commands.shell import Shell, write_meeting

LEDGER = ["meetings", "deliveries", "migrate", "show acme", "trace acme"]


@pytest.mark.parametrize("command", [*LEDGER, "records"])
def test_a_home_that_cannot_be_written_is_refused(shell: Shell, command: str) -> None:
    shell.home.write_text("a file where the folder should be")
    shell(*command.split()).assert_refused("storage_unavailable")


def test_process_refuses_a_home_that_cannot_be_written(shell: Shell, tmp_path: Path) -> None:
    shell.home.write_text("a file where the folder should be")
    shell("process", write_meeting(tmp_path)).assert_refused("storage_unavailable")


def test_reading_a_file_needs_no_home(shell: Shell, tmp_path: Path) -> None:
    shell.home.write_text("a file where the folder should be")
    assert shell("normalize", write_meeting(tmp_path)).code == 0


def test_doctor_goes_on_after_the_first_finding_and_gives_each_its_remedy(shell: Shell) -> None:
    shell.home.write_text("a file where the folder should be")
    done = shell("doctor", "--json")
    assert done.code == 1
    bad = [finding for finding in done.json() if not finding["ok"]]
    assert {finding["check"] for finding in bad} >= {"home", "ledger"}
    assert all(finding["remedy"] for finding in bad)
    done.assert_discreet()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tagz: []\n", "tagz: no such key"),
        ("walk:\n  concurency: 3\n", "walk.concurency: no such key"),
        ("walk:\n  concurrency: 0\n", "walk.concurrency"),
        (
            "stages:\n  extracted: {deadline_seconds: 5, backoff: {first_seconds: 9, most_seconds: 5}}\n",
            "above most_seconds",
        ),
        ("tags: [{name: a}, {name: a}]\n", "tag a is configured twice"),
        ("a: [", "not YAML at line"),
        ("- a list\n", "wrong entries"),
    ],
)
@pytest.mark.parametrize("command", ["process", "normalize", "extract"])
def test_a_wrong_configuration_is_told_by_key(shell: Shell, tmp_path: Path, command: str, text: str, told: str) -> None:
    config = tmp_path / "artifacts.yaml"
    config.write_text(text)
    shell.variables["ARTIFACTS_CONFIG"] = str(config)
    done = shell(command, write_meeting(tmp_path))
    done.assert_refused("unreadable_input")
    assert told in done.err


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00\xd8", b"\x00\x01\x02"])
def test_a_configuration_that_is_no_text_is_refused(shell: Shell, tmp_path: Path, content: bytes | None) -> None:
    config = tmp_path / "artifacts.yaml"
    if content is not None:
        config.write_bytes(content)
    shell.variables["ARTIFACTS_CONFIG"] = str(config)
    shell("normalize", write_meeting(tmp_path)).assert_refused("unreadable_input")


@pytest.mark.parametrize("command", LEDGER)
def test_a_ledger_newer_than_the_program_is_left_alone(delivered: Shell, command: str) -> None:
    with closing(sqlite3.connect(delivered.home / "ledger.db")) as ledger, ledger:
        ledger.execute("UPDATE ledger_version SET version_num = '9999'")
    done = delivered(*command.split())
    done.assert_refused("storage_unavailable")
    assert "9999" in done.err
    with closing(sqlite3.connect(delivered.home / "ledger.db")) as ledger:
        assert ledger.execute("SELECT version_num FROM ledger_version").fetchall() == [("9999",)]


def test_process_leaves_a_newer_ledger_alone(delivered: Shell, tmp_path: Path) -> None:
    with closing(sqlite3.connect(delivered.home / "ledger.db")) as ledger, ledger:
        ledger.execute("UPDATE ledger_version SET version_num = '9999'")
    delivered("process", write_meeting(tmp_path)).assert_refused("storage_unavailable")


def test_a_damaged_ledger_is_one_line(delivered: Shell) -> None:
    (delivered.home / "ledger.db").write_bytes(b"no database at all " * 500)
    for journal in delivered.home.glob("ledger.db-*"):
        journal.unlink()
    delivered("meetings").assert_refused("storage_unavailable")


def test_another_tenant_is_refused(delivered: Shell) -> None:
    delivered.variables["ARTIFACTS_TENANT"] = "rival"
    delivered("meetings").assert_refused("storage_unavailable")


@pytest.mark.parametrize(
    "url", ["nonsense", "sqlite:////proc/none/ledger.db", "postgresql://me:hunter2@127.0.0.1:1/none"]
)
def test_a_wrong_database_url_is_refused_without_its_password(shell: Shell, url: str) -> None:
    shell.variables["ARTIFACTS_DATABASE_URL"] = url
    done = shell("meetings")
    done.assert_refused("storage_unavailable")
    assert "hunter2" not in done.err


def test_a_store_nobody_can_open_is_refused(shell: Shell, tmp_path: Path) -> None:
    shell.variables["ARTIFACTS_STORE"] = "nosuchscheme://bucket"
    shell("process", write_meeting(tmp_path)).assert_refused("storage_unavailable")


def test_a_clock_without_an_offset_is_refused(shell: Shell) -> None:
    shell.variables["ARTIFACTS_NOW"] = "yesterday"
    shell("meetings").assert_refused("unreadable_input")


def test_a_clock_may_be_off_by_a_number_of_seconds() -> None:
    for shift in ("+3600", "-3600"):
        off = clock_for(Settings.from_environment({"ARTIFACTS_NOW": shift})).now() - datetime.now(UTC)
        assert abs(off - timedelta(seconds=int(shift))) < timedelta(minutes=1)


def test_empty_variables_count_as_unset(shell: Shell) -> None:
    shell.variables.update(ARTIFACTS_CONFIG="", ARTIFACTS_TENANT="", ARTIFACTS_STORE="", ARTIFACTS_NOW="")
    assert shell("doctor").code == 0


def test_the_home_is_its_owners_alone(delivered: Shell, shell: Shell, tmp_path: Path) -> None:
    fresh = Shell(tmp_path / "fresh" / "home", shell.capture)
    assert fresh("meetings").code == 0
    assert fresh.home.stat().st_mode & 0o077 == 0
    assert (fresh.home / "ledger.db").stat().st_mode & 0o077 == 0
