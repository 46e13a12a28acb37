"""What was copied from a meeting goes with it: cases of evals, lines of batches, documents of replay plans."""

from __future__ import annotations

import asyncio
import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from artifact_assets.domain.erasure import CASE_MADE
from artifact_assets.domain.records import Intervention
from artifact_assets.domain.replay import EntryState, PlanEntry, ReplayPlan
from resources.ledger.batch_tables import BATCH_REQUESTS, BATCHES
from resources.ledger.replay_tables import REPLAY_ENTRIES
from tests.commands.shell import SPOKEN, Shell
from tests.erasure.planted import Planted, lies_in, planted


def made_case(shell: Shell, *options: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """`python -m evals add acme`, in this process."""
    from click.testing import CliRunner

    from evals.commands.add import add

    for name, value in shell.environment.items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(add, ["acme", *options])
    assert done.exit_code == 0, done.output


def holds_words(folder: Path) -> list[str]:
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [str(file.relative_to(folder)) for file in files if SPOKEN.encode() in file.read_bytes().lower()]


def test_cases_are_found_where_they_were_written_and_taken_out(
    delivered: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere, moved = tmp_path / "dataset", tmp_path / "moved"
    made_case(delivered, monkeypatch=monkeypatch)
    made_case(delivered, "--to", str(elsewhere), "--complete", monkeypatch=monkeypatch)
    made_case(delivered, "--to", str(moved), monkeypatch=monkeypatch)
    shutil.rmtree(moved)
    other = json.dumps({"case": "other", "transcript": "transcripts/other.json"})
    line_file = elsewhere / "cases" / "production.jsonl"
    line_file.write_text(f"{other}\n{line_file.read_text()}")
    (elsewhere / "transcripts" / "other.json").write_text("{}")
    assert holds_words(elsewhere)
    assert holds_words(delivered.home / "evals")
    manifest = elsewhere / "recordings" / "mine" / "manifest.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text(json.dumps({"cases": ["acme", "other"]}))

    told = delivered("forget", "acme", "--json").json()["erasures"][0]
    assert told["removed"]["copies"] >= 2
    assert {"what": "folders of evals cases that are elsewhere by now", "count": 1} in told["remains"]
    assert {"what": "recorded answers of an evals case", "count": 1} in told["remains"]
    assert str(tmp_path) not in json.dumps(told), "where somebody keeps cases is not kept"
    assert holds_words(elsewhere) == holds_words(delivered.home) == []
    assert line_file.read_text() == f"{other}\n"
    assert sorted(file.name for file in (elsewhere / "transcripts").iterdir()) == ["other.json"]


def test_a_case_that_names_files_outside_its_folder_leaves_them(tmp_path: Path) -> None:
    with planted(tmp_path / "home") as deployment:
        deployment.world.run([deployment.plant()])
        kept = tmp_path / "kept.json"
        kept.write_text("{}")
        cases = tmp_path / "dataset" / "cases"
        cases.mkdir(parents=True)
        (cases / "hand.jsonl").write_text(json.dumps({"case": "m-1", "transcript": "../kept.json"}) + "\nno json\n")
        told = {"folder": str(tmp_path / "dataset")}
        now = deployment.eraser.clock.now()
        note = Intervention(now, "ops", "a case for evals", CASE_MADE, "m-1", details=told)
        asyncio.run(deployment.world.ledger.intervene(note))
        asyncio.run(deployment.eraser.erase("m-1", "ops"))
        assert kept.exists()
        assert (cases / "hand.jsonl").read_text() == "no json\n"


def test_lines_of_batches_and_documents_of_replay_plans_go_and_the_batch_is_listed(tmp_path: Path) -> None:
    with planted(tmp_path, quotes_in_ui=False) as deployment:
        deployment.world.run([deployment.plant(), deployment.plant_other()])
        line, plan = asyncio.run(_copied(deployment, "m-1"))
        other_line, other_plan = asyncio.run(_copied(deployment, "other"))
        erasure = asyncio.run(deployment.eraser.erase("m-1", "ops"))
        store = deployment.world.equipment.store
        intact = [asyncio.run(store.intact(one)) for one in (line, plan, other_line, other_plan)]
        assert intact == [False, False, True, True]
        assert {"what": "batch at the model's provider", "id": "batch-of-m-1"} in erasure.remains
        requests, entries = asyncio.run(_rows(deployment))
        assert requests == ["other"]
        assert dict(entries) == {"m-1": None, "other": other_plan}
        deployment.world.ledger.close()
    assert lies_in(tmp_path) == {}


async def _copied(deployment: Planted, meeting_id: str) -> tuple[str, str]:
    """A request that waits in a batch and a prepared replay, each with words in the store."""
    ledger, store, now = deployment.world.ledger, deployment.world.equipment.store, deployment.eraser.clock.now()
    word = "zebratext" if meeting_id == "m-1" else "harmless"
    line = await store.put(f"{word}: a line for {meeting_id}".encode())
    document = await store.put(f"{word}: a plan for {meeting_id}".encode())
    await ledger.add_plan(
        ReplayPlan(f"plan-{meeting_id}", now, "ops", "new prompt", {}),
        (PlanEntry(f"plan-{meeting_id}", meeting_id, 0, EntryState.PREPARED, now, document=document),),
    )
    request = {
        "request_digest": f"request-{meeting_id}",
        "line": line,
        "size_bytes": 10,
        "model": "m",
        "meeting_id": meeting_id,
        "run_id": "run-1",
        "queued_at": now,
        "deadline_at": now + timedelta(hours=1),
        "state": "submitted",
        "batch_key": f"key-{meeting_id}",
    }
    batch = {"key": f"key-{meeting_id}", "provider": "p", "requests": 1, "created_at": now}
    with ledger.engine.begin() as connection:
        connection.execute(insert(BATCH_REQUESTS).values(request))
        connection.execute(insert(BATCHES).values(**batch, batch_id=f"batch-of-{meeting_id}"))
    return line, document


async def _rows(deployment: Planted) -> tuple[list[str], list[tuple[str, str | None]]]:
    ledger = deployment.world.ledger
    requests = await ledger.read(select(BATCH_REQUESTS.c.meeting_id), lambda row: str(row[0]))
    columns = select(REPLAY_ENTRIES.c.meeting_id, REPLAY_ENTRIES.c.document)
    return list(requests), list(await ledger.read(columns, lambda row: (str(row.meeting_id), row.document)))
