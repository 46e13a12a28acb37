"""Prepare, look, apply, take back: as typed on a laptop with no daemon."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.commands.shell import COMMAND, ROOT, Shell, write_meeting

TAGGED = "tags: [{name: pricing, phrases: [pricing sheet]}]\n"


@pytest.fixture
def stale(delivered: Shell, tmp_path: Path) -> Shell:
    """A home whose meeting would get a tag under the settings that came since."""
    config = tmp_path / "artifacts.yaml"
    config.write_text(TAGGED)
    delivered.variables["ARTIFACTS_CONFIG"] = str(config)
    return delivered


def tags(shell: Shell) -> list[str]:
    """Tags at the far side."""
    return [tag for row in shell("records", "company", "--json").json() for tag in row["tags"]]


def test_a_plan_is_prepared_shown_applied_and_taken_back(stale: Shell) -> None:
    told = stale("replay", "--stale", "--prepare", "--why", "tags", "--json")
    assert told.code == 0, told
    plan: dict[str, Any] = told.json()
    (meeting,) = plan["meetings"]
    assert (meeting["state"], meeting["changes"]) == ("prepared", {"create": 1, "same": 2})
    (created,) = [record for record in meeting["records"] if record["effective"]]
    assert (created["operation"], created["old"], created["new"]["tag"]) == ("add_tag", None, "pricing")
    assert tags(stale) == []
    assert stale("replay", "--show", plan["plan_id"], "--json").json() == plan
    assert "nothing -> pricing" in stale("replay", "--show", plan["plan_id"][:12]).out

    applied = stale("replay", "--apply", plan["plan_id"], "--why", "read it", "--json")
    assert applied.code == 0, applied
    assert applied.json()["meetings"][0]["state"] == "applied"
    assert tags(stale) == ["pricing"]
    again = stale("replay", "--apply", plan["plan_id"])
    assert "nothing prepared" in again.err
    assert tags(stale) == ["pricing"]
    assert f"replay {plan['plan_id']}" in stale("trace", "acme").out

    reverted = stale("deliveries", "revert", "--plan", plan["plan_id"], "--why", "not wanted", "--json")
    assert (reverted.code, [row["fate"] for row in reverted.json()]) == (0, ["taken_back"])
    assert tags(stale) == []
    (row,) = stale("replay", "--plans", "--json").json()
    assert (row["plan_id"], row["why"], row["states"]) == (plan["plan_id"], "tags", {"reverted": 1})
    with closing(sqlite3.connect(stale.home / "ledger.db")) as ledger:
        done = ledger.execute("SELECT action, why FROM interventions ORDER BY id").fetchall()
    assert done == [("replay prepare", "tags"), ("replay apply", "read it"), ("replay revert", "not wanted")]


def test_a_sample_is_prepared_first_and_the_rest_of_the_same_plan_later(stale: Shell, tmp_path: Path) -> None:
    stale.variables.pop("ARTIFACTS_CONFIG")
    more = [write_meeting(tmp_path, f"{n}.vtt", sidecar={"meeting_id": f"n{n}"}) for n in range(3)]
    assert stale("process", *more).code == 0
    stale.variables["ARTIFACTS_CONFIG"] = str(tmp_path / "artifacts.yaml")
    plan = stale("replay", "--prepare", "--limit", "3", "--sample", "1", "--json").json()
    assert [m["state"] for m in plan["meetings"]] == ["prepared", "selected", "selected"]
    plan = stale("replay", "--prepare", "--plan", plan["plan_id"], "--json").json()
    assert [(m["meeting_id"], m["state"]) for m in plan["meetings"]] == [
        ("acme", "prepared"),
        ("n0", "prepared"),
        ("n1", "prepared"),
    ]
    one = stale("replay", "--apply", plan["plan_id"], "n0", "--json").json()
    assert [(m["meeting_id"], m["state"]) for m in one["meetings"]] == [("n0", "applied")]
    states = {
        m["meeting_id"]: m["state"] for m in stale("replay", "--show", plan["plan_id"], "--json").json()["meetings"]
    }
    assert states == {"acme": "prepared", "n0": "applied", "n1": "prepared"}


def test_what_moved_is_passed_by_named_and_makes_the_exit_code_1(stale: Shell) -> None:
    plan = stale("replay", "--prepare", "--json").json()["plan_id"]
    Path(stale.variables["ARTIFACTS_CONFIG"]).write_text(TAGGED.replace("pricing,", "money,"))
    told = stale("replay", "--apply", plan)
    assert told.code == 1
    assert "no longer fits acme: the settings of extracted changed (vocabulary)" in told.out
    assert tags(stale) == []


def test_a_plan_that_is_not_there_and_a_meeting_it_does_not_hold_are_refused(stale: Shell) -> None:
    plan = stale("replay", "--prepare", "--json").json()["plan_id"]
    stale("replay", "--apply", "nothing").assert_refused("unreadable_input")
    stale("replay", "--show", plan, "other").assert_refused("unreadable_input")
    stale("deliveries", "revert", "--plan", "nothing", "--why", "x").assert_refused("unreadable_input")
    stale("deliveries", "revert", "--why", "x").assert_refused("unreadable_input")
    stale("replay", "--prepare", "--dry-run").assert_refused("unreadable_input")


def test_an_interrupted_preparation_says_how_to_go_on_and_goes_on(shell: Shell, tmp_path: Path) -> None:
    files = [write_meeting(tmp_path, f"{n}.vtt", sidecar={"meeting_id": f"m{n}"}) for n in range(40)]
    assert shell("process", *files).code == 0
    config = tmp_path / "artifacts.yaml"
    config.write_text(TAGGED + "walk: {concurrency: 1}\n")
    shell.variables["ARTIFACTS_CONFIG"] = str(config)
    err = interrupted(shell, "prepared", "replay", "--prepare")
    plan = err.split("--plan ")[1].split()[0]
    kept = states(shell.home)
    assert 3 <= kept["prepared"] < 40
    assert shell("replay", "--prepare", "--plan", plan).code == 0
    assert states(shell.home) == {"prepared": 40}
    assert {row["count"] for row in shell("records", "--json").json() if row["object"] in ("task", "note")} == {40}


def test_an_interrupted_application_keeps_what_is_written_and_the_same_command_writes_the_rest(
    shell: Shell, tmp_path: Path
) -> None:
    files = [write_meeting(tmp_path, f"{n}.vtt", sidecar={"meeting_id": f"m{n}"}) for n in range(40)]
    assert shell("process", *files).code == 0
    config = tmp_path / "artifacts.yaml"
    config.write_text(TAGGED + "walk: {concurrency: 1}\n")
    shell.variables["ARTIFACTS_CONFIG"] = str(config)
    plan = shell("replay", "--prepare", "--json").json()["plan_id"]
    err = interrupted(shell, "applied", "replay", "--apply", plan, "--why", "read it")
    assert "Traceback" not in err
    kept = states(shell.home)
    assert 3 <= kept["applied"] < 40
    assert shell("replay", "--apply", plan, "--why", "go on").code == 0
    assert states(shell.home) == {"applied": 40}
    with closing(sqlite3.connect(f"file:{shell.home / 'ledger.db'}?mode=ro", uri=True)) as ledger:
        written = "SELECT state, count(*) FROM intents WHERE operation = 'add_tag' GROUP BY state"
        assert ledger.execute(written).fetchall() == [("confirmed", 40)]
        held = "SELECT count(*) FROM meetings WHERE lease_owner IS NOT NULL OR state != 'delivered'"
        assert ledger.execute(held).fetchone() == (0,)
    assert {row["count"] for row in shell("records", "--json").json() if row["object"] in ("task", "note")} == {40}


def interrupted(shell: Shell, state: str, *arguments: str) -> str:
    """Run a command and interrupt it once three meetings of the plan are in ``state``; what it said."""
    with subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=ROOT,
        env=shell.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        while states(shell.home).get(state, 0) < 3 and process.poll() is None:
            time.sleep(0.005)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=240)
    assert process.returncode == 130, err
    return err


def states(home: Path) -> dict[str, int]:
    """Meetings of all plans by state."""
    with closing(sqlite3.connect(f"file:{home / 'ledger.db'}?mode=ro", uri=True)) as ledger:
        return dict(ledger.execute("SELECT state, count(*) FROM replay_entries GROUP BY state").fetchall())
