"""From a record back to its meeting, and the file an auditor gets."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.commands.shell import SPOKEN, Shell


def test_a_record_leads_back_to_meeting_quote_and_run_by_mark_key_and_id(delivered: Shell) -> None:
    for write in delivered("deliveries", "--json").json():
        (origin,) = delivered("trace", "--record", write["idempotency_key"], "--json").json()
        assert origin["meeting"]["meeting_id"] == "acme"
        assert origin["item_id"] == write["item_id"]
        assert origin["evidence"][0]["quote"]
        assert origin["turns"][0]["speaker"] in ("Ada Moor", "Bob Stone")
        assert {"extracted", "validated", "delivered"} == set(origin["runs"])
        mark = f"ref: ma-{origin['record_key'][:12]}"
        assert delivered("trace", "--record", mark, "--json").json() == [origin]
        assert delivered("trace", "--record", mark.removeprefix("ref: "), "--json").json() == [origin]
        place = write["receipt"]["url"]
        assert origin in delivered("trace", "--record", place, "--json").json()


def test_the_mark_that_stands_on_the_record_is_the_one_that_leads_back(delivered: Shell) -> None:
    (task,) = delivered("records", "task", "--json").json()
    told = delivered("trace", "--record", task["fields"]["marker"])
    assert told.code == 0
    assert SPOKEN in told.out
    assert "trace acme" in told.out


@pytest.mark.parametrize("record", ["ref: ma-000000000000", "nowhere:1", "records:nothing", "what?", ""])
def test_a_record_of_somebody_else_is_refused_in_one_line(delivered: Shell, record: str) -> None:
    delivered("trace", "--record", record).assert_refused("unreadable_input")


def test_an_export_holds_the_requests_as_sent_and_verifies(delivered: Shell, tmp_path: Path) -> None:
    file = tmp_path / "acme.jsonl"
    told = delivered("trace", "acme", "--export", file, "--json").json()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert len(rows) == told["lines"]
    assert rows[0]["tenant"] == "default"
    assert rows[0]["program"].startswith("meeting-artifacts ")
    assert len(rows[0]["ledger_id"]) > 8
    writes = [row for row in rows if row["kind"] == "write"]
    listed = delivered("deliveries", "--json").json()
    assert [w["idempotency_key"] for w in writes] == [w["idempotency_key"] for w in listed]
    assert [w["receipt"] for w in writes] == [w["receipt"] for w in listed]
    assert all(write["payload"]["quote"] and len(write["attempts"]) == 1 for write in writes)
    checked = delivered("trace", "--verify", file, "--json")
    assert (checked.code, checked.json()["digest"]) == (0, told["digest"])
    again = tmp_path / "again.jsonl"
    delivered("trace", "acme", "--export", again)
    assert again.read_bytes() == file.read_bytes(), "the same ledger gives the same file"


def test_an_export_that_somebody_edited_is_refused_with_its_first_broken_line(delivered: Shell, tmp_path: Path) -> None:
    file = tmp_path / "acme.jsonl"
    delivered("trace", "acme", "--export", file)
    lines = file.read_bytes().splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if b'"state":"confirmed"' in line and b'"kind":"write"' in line)
    lines[place] = lines[place].replace(b'"state":"confirmed"', b'"state":"conflict"')
    file.write_bytes(b"".join(lines))
    told = delivered("trace", "--verify", file)
    assert told.code == 1
    assert f"broken at line {place + 2}" in told.err
    file.write_bytes(b"")
    assert delivered("trace", "--verify", file).code == 1


def test_what_cannot_be_exported_or_checked_is_one_line(delivered: Shell, tmp_path: Path) -> None:
    delivered("trace", "--verify", tmp_path / "missing.jsonl").assert_refused("unreadable_input")
    delivered("trace", "nobody", "--export", tmp_path / "x.jsonl").assert_refused("unreadable_input")
    delivered("trace", "acme", "--export", tmp_path / "no" / "x.jsonl").assert_refused("storage_unavailable")
    delivered("trace").assert_refused("unreadable_input")
    delivered("trace", "--export", tmp_path / "x.jsonl").assert_refused("unreadable_input")
    assert not list(tmp_path.glob("*.jsonl"))
