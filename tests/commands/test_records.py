"""The embedded record store, looked into and changed by hand."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.commands.shell import MEETING, SIDECAR, Shell, write_meeting

CONFIGURATION = """
fields:
  - {object: deal, field: amount, type: money, phrases: [budget]}
"""
BUDGET = MEETING + "\n00:00:11.000 --> 00:00:15.000\nBob Stone: Our budget is 45,000 dollars for this.\n"
DEAL = {**SIDECAR, "kind": "sales", "refs": {"hubspot": {"deal": "123"}}}


@pytest.fixture(scope="module")
def made() -> dict[str, Path]:
    """Where the home that ``deal`` copies lies, once made."""
    return {}


@pytest.fixture
def deal(shell: Shell, tmp_path: Path, made: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A home in which the meeting ``my.vtt`` wrote to the deal ``hubspot:123``."""
    config = tmp_path / "artifacts.yaml"
    config.write_text(CONFIGURATION)
    shell.variables["ARTIFACTS_CONFIG"] = str(config)
    if not made:
        kept = tmp_path_factory.mktemp("deal")
        first = Shell(kept / "home", shell.capture, shell.variables)
        transcript = write_meeting(kept, text=BUDGET, sidecar=DEAL)
        assert first("process", transcript).code == 0
        # Gone from there, it may come again from elsewhere.
        transcript.unlink()
        made["home"] = first.home
    shutil.copytree(made["home"], shell.home)
    write_meeting(tmp_path, text=BUDGET, sidecar=DEAL)
    return shell


def test_nothing_named_counts_every_object(deal: Shell) -> None:
    counts = {row["object"]: row["count"] for row in deal("records", "--json").json()}
    assert counts == {"contact": 0, "company": 0, "deal": 1, "candidate": 0, "task": 1, "note": 1}
    assert "deal" in deal("records").out


def test_an_empty_store_says_how_to_fill_it(shell: Shell) -> None:
    done = shell("records")
    assert done.code == 0
    assert "process FILE" in done.err


def test_an_object_is_listed(deal: Shell) -> None:
    (record,) = deal("records", "deal", "--json").json()
    assert (record["key"], record["fields"]) == ("hubspot:123", {"amount": "45000"})
    assert "hubspot:123" in deal("records", "deal").out


def test_a_record_is_shown_with_what_hangs_on_it(deal: Shell) -> None:
    shown = deal("records", "deal", "hubspot:123", "--json").json()
    assert [task["fields"]["owner"] for task in shown["tasks"]] == ["Ada Moor"]
    assert len(shown["notes"]) == 1
    out = deal("records", "deal", "hubspot:123").out
    assert "tasks (1)" in out
    assert "Ada Moor, due 2026-11-20" in out
    assert shown["tasks"][0]["fields"]["marker"] in out


def test_a_receipt_leads_to_its_record(deal: Shell) -> None:
    for row in deal("deliveries", "--json").json():
        assert deal("records", row["receipt"]["url"], "--json").json()["id"] == row["receipt"]["record_id"]


def test_an_edit_is_remembered_with_the_person(deal: Shell) -> None:
    assert deal("records", "edit", "deal", "hubspot:123", "amount", "50000", "--by", "Rita").code == 0
    shown = deal("records", "deal", "hubspot:123", "--json").json()
    assert (shown["fields"]["amount"], shown["edited"]) == ("50000", {"amount": "Rita"})
    assert "set by Rita" in deal("records", "deal", "hubspot:123").out


def test_a_persons_edit_survives_a_corrected_transcript_as_a_conflict(deal: Shell, tmp_path: Path) -> None:
    # The same words at another place take over the meeting; other words there would be another file claiming it.
    assert deal("process", tmp_path / "my.vtt").code == 0
    deal("records", "edit", "deal", "hubspot:123", "amount", "50000", "--by", "Rita")
    write_meeting(tmp_path, text=BUDGET.replace("45,000", "48,000"), sidecar=DEAL)
    done = deal("process", tmp_path / "my.vtt", "--json")
    assert done.code == 1
    assert done.json()[0]["state"] == "partially_delivered"
    assert deal("records", "deal", "hubspot:123", "--json").json()["fields"]["amount"] == "50000"
    (conflict,) = deal("deliveries", "--state", "conflict", "--json").json()
    assert conflict["operation"] == "set_field"


def test_a_deleted_task_is_not_made_again(deal: Shell, tmp_path: Path) -> None:
    (task,) = deal("records", "task", "--json").json()
    assert deal("records", "delete", "task", task["id"], "--by", "Rita").code == 0
    deal("process", tmp_path / "my.vtt")
    assert deal("records", "task", "--json").json() == []


@pytest.mark.parametrize(
    ("arguments", "failure_class"),
    [
        (("deal", "nope"), "record_not_found"),
        (("edit", "deal", "nope", "amount", "1", "--by", "Rita"), "record_not_found"),
        (("delete", "task", "nope", "--by", "Rita"), "record_not_found"),
        (("edit", "deal", "hubspot:123", "amount", "1"), "unreadable_input"),
        (("lead",), "unreadable_input"),
    ],
)
def test_what_is_not_there_is_said_and_nothing_is_changed(
    deal: Shell, arguments: tuple[str, ...], failure_class: str
) -> None:
    before = deal("records", "deal", "--json").json()
    deal("records", *arguments).assert_refused(failure_class)
    assert deal("records", "deal", "--json").json() == before
