"""What each command answers: the JSON contract, and tables for people."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from artifact_assets.domain.model_ports import CallOutcome, ModelCall, Usage
from resources.clock import SystemClock
from resources.ledger.ledger import open_ledger
from resources.ledger.model_calls import SqlAnswers
from tests.commands.shell import SPOKEN, Shell, write_meeting

MEETING_KEYS = {"meeting_id", "state", "failure_class", "cause", "items", "quarantined", "delivered", "run_id"}
DELIVERY_KEYS = {
    "idempotency_key",
    "meeting_id",
    "item_id",
    "destination",
    "operation",
    "state",
    "attempts",
    "receipt",
}


def test_process_prints_one_object_for_each_meeting(shell: Shell, tmp_path: Path) -> None:
    files = [write_meeting(tmp_path, f"{n}.vtt", sidecar={"meeting_id": n}) for n in ("one", "two")]
    done = shell.process("process", *files, "--json")
    assert done.code == 0
    rows = done.json()
    assert [row["meeting_id"] for row in rows] == ["one", "two"]
    assert all(row.keys() >= MEETING_KEYS for row in rows)
    assert {(row["state"], row["items"], row["delivered"]) for row in rows} == {("delivered", 2, 2)}
    done.assert_discreet()


def test_process_again_repeats_no_stage_and_no_write(delivered: Shell, tmp_path: Path) -> None:
    stages = [entry for entry in _history(delivered) if entry["what"].startswith(("stage", "write"))]
    assert delivered("process", write_meeting(tmp_path)).code == 0
    again = [entry for entry in _history(delivered) if entry["what"].startswith(("stage", "write"))]
    repeated = [entry for entry in again if entry not in stages and entry["what"] != "stage delivered"]
    assert repeated == []


def test_a_dry_run_writes_nothing_and_says_what_it_would(shell: Shell, tmp_path: Path) -> None:
    done = shell("process", write_meeting(tmp_path), "--dry-run", "--json")
    assert done.code == 0
    (row,) = done.json()
    assert {write["operation"] for write in row["writes"]} == {"create_task", "add_note"}
    assert shell("deliveries", "--json").json() == []
    assert {count["count"] for count in shell("records", "--json").json()} == {0}


def test_a_dry_run_of_what_is_delivered_would_write_nothing(delivered: Shell, tmp_path: Path) -> None:
    done = delivered("process", write_meeting(tmp_path), "--dry-run")
    assert done.code == 0
    assert "Nothing would be written." in done.err
    assert "2 writes were made earlier" in done.err


def test_meetings_lists_and_filters(delivered: Shell) -> None:
    (row,) = delivered("meetings", "--json").json()
    assert row.keys() >= MEETING_KEYS
    assert delivered("meetings", "--state", "delivered", "--json").json() == [row]
    assert delivered("meetings", "--state", "failed", "--json").json() == []
    assert delivered("meetings", "--failure-class", "empty_transcript", "--json").json() == []


def test_deliveries_lists_writes_with_their_receipts(delivered: Shell) -> None:
    rows = delivered("deliveries", "--json").json()
    assert len(rows) == 2
    for row in rows:
        assert row.keys() >= DELIVERY_KEYS
        assert (row["meeting_id"], row["state"], row["attempts"]) == ("acme", "confirmed", 1)
        assert row["receipt"]["record_id"]
    assert delivered("deliveries", "--state", "uncertain", "--json").json() == []


def test_show_has_items_evidence_and_deliveries(delivered: Shell) -> None:
    shown = delivered("show", "acme", "--json").json()
    assert shown["meeting_id"] == "acme"
    items = shown["artifact"]["items"]
    assert {item["content"]["kind"] for item in items} == {"action_item", "decision"}
    assert all(item["evidence"][0]["alignment"] == "exact" for item in items)
    assert {row["item_id"] for row in shown["deliveries"]} == {item["item_id"] for item in items}


def test_show_tells_a_person_who_said_it_when_and_where_it_was_written(delivered: Shell) -> None:
    out = delivered("show", "acme").out
    assert "Ada Moor at 0:01, line 3 of the file" in out
    assert "confirmed: create_task at records" in out


def test_show_says_why_an_accepted_item_was_not_written(shell: Shell, tmp_path: Path) -> None:
    shell.variables["ARTIFACTS_NOW"] = "2026-11-25T12:00:00+01:00"
    shell("process", write_meeting(tmp_path))
    assert "not written: past_due" in shell("show", "acme").out


def test_trace_has_the_whole_history_in_order(delivered: Shell) -> None:
    history = _history(delivered)
    assert [entry["at"] for entry in history] == sorted(entry["at"] for entry in history)
    stages = [entry["stage"] for entry in history if "stage" in entry]
    assert stages == ["transcript", "normalized", "extracted", "validated", "delivered"]
    assert sum(entry["what"].startswith("write ") for entry in history) == 2


def test_trace_has_the_model_calls_with_their_usage(delivered: Shell) -> None:
    call = ModelCall(
        request_digest="ab" * 32,
        meeting_id="acme",
        run_id="run-7",
        model="invented-8b",
        parameters={"temperature": 0},
        started_at=datetime(2026, 11, 17, 11, 0, tzinfo=UTC),
        duration_seconds=1.5,
        attempts=2,
        outcome=CallOutcome.ANSWERED,
        usage=Usage(input_tokens=2100, output_tokens=410),
        cost=0.0042,
    )
    with open_ledger(f"sqlite:///{delivered.home / 'ledger.db'}", tenant="default", clock=SystemClock()) as ledger:
        asyncio.run(SqlAnswers(ledger).record(call, "nobody"))
    (entry,) = [entry for entry in _history(delivered) if entry["what"] == "model invented-8b"]
    assert (entry["attempts"], entry["cost"], entry["run_id"]) == (2, 0.0042, "run-7")
    assert entry["usage"]["input_tokens"] == 2100
    assert "model invented-8b" in delivered("trace", "acme").out


def test_normalize_prints_the_canonical_transcript(shell: Shell, tmp_path: Path) -> None:
    done = shell("normalize", write_meeting(tmp_path))
    transcript = done.json()
    assert transcript["meeting_id"] == "acme"
    assert transcript.keys() >= {"format", "title", "started_at", "participants", "turns", "warnings"}
    assert transcript["started_at"] == "2026-11-17T10:00:00+01:00"
    assert {key: transcript["turns"][0][key] for key in ("index", "speaker", "start", "end")} == {
        "index": 0,
        "speaker": "Ada Moor",
        "start": 1.0,
        "end": 5.0,
    }


def test_extract_prints_the_artifact_and_stores_nothing(shell: Shell, tmp_path: Path) -> None:
    done = shell("extract", write_meeting(tmp_path), "--json")
    assert done.code == 0
    artifact = done.json()
    assert artifact["schema_version"] == 1
    assert artifact["trace"]["extractor"] == "deterministic"
    assert [item["state"] for item in artifact["items"]] == ["accepted", "accepted"]
    assert not shell.home.exists()


def test_extract_never_replaces_a_wanted_model(shell: Shell, tmp_path: Path) -> None:
    shell("extract", write_meeting(tmp_path), "--extractor", "model").assert_refused("model_unavailable")


def test_meta_drafts_a_sidecar_that_can_be_saved_as_it_is(shell: Shell, tmp_path: Path) -> None:
    path = write_meeting(tmp_path, sidecar={})
    done = shell("meta", path)
    assert [person["name"] for person in done.json()["participants"]] == ["Ada Moor", "Bob Stone"]
    assert "started_at" in done.err
    assert "my.meta.json" in done.err
    path.with_name("my.meta.json").write_text(done.out, "utf-8")
    assert shell("normalize", path).code == 0


def test_a_transcript_without_a_date_ends_in_something_useful_and_says_what_is_missing(
    shell: Shell, tmp_path: Path
) -> None:
    done = shell("process", write_meeting(tmp_path, sidecar={}))
    assert done.code == 0
    assert "my.vtt tells no date" in done.err
    assert "my.meta.json" in done.err


def test_many_transcripts_without_a_date_are_not_told_one_by_one(shell: Shell, tmp_path: Path) -> None:
    done = shell("process", *(write_meeting(tmp_path, f"{n}.vtt", sidecar={}) for n in range(5)))
    assert done.err.count("tells no date") == 2
    assert "3 more" in done.err


def test_migrate_tells_both_versions(shell: Shell) -> None:
    first = shell("migrate", "--json").json()
    assert first["before"] is None
    # Nothing of Dagster's is there to migrate yet.
    assert shell("migrate", "--json").json() == {"before": first["after"], "after": first["after"], "dagster": False}


def test_doctor_finds_everything_in_place(shell: Shell) -> None:
    done = shell("doctor", "--json")
    assert done.code == 0
    findings = done.json()
    assert all(finding["ok"] for finding in findings)
    assert {finding["check"] for finding in findings} >= {"configuration", "ledger", "store", "destinations"}


@pytest.mark.parametrize("command", ["show", "trace"])
def test_an_unknown_meeting_is_said_so(shell: Shell, command: str) -> None:
    shell(command, "nope", "--json").assert_refused("unreadable_input")


def test_a_table_through_a_pipe_has_one_line_for_each_meeting(delivered: Shell) -> None:
    lines = delivered("meetings").out.splitlines()
    assert len(lines) == 2
    assert lines == [line.rstrip() for line in lines]


def test_text_of_strangers_cannot_move_the_cursor(shell: Shell, tmp_path: Path) -> None:
    hostile = f"WEBVTT\n\n00:01.000 --> 00:05.000\nAda: I will send the \x1b[2J{SPOKEN} sheet by Friday.\n"
    done = shell("extract", write_meeting(tmp_path, text=hostile))
    assert SPOKEN in done.out
    assert "\x1b" not in done.out


def _history(shell: Shell) -> list[dict[str, Any]]:
    history: list[dict[str, Any]] = shell("trace", "acme", "--json").json()["history"]
    return history
