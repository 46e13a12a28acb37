"""SQLite files that stay open: let go of in time, shared with other processes, made and upgraded as Dagster does."""

from __future__ import annotations

import contextlib
import queue
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecord
from dagster._core.storage.event_log import SqliteEventLogStorage

from artifact_assets.event_storage import grouping
from artifact_assets.event_storage.sqlite import GroupedSqliteEventLogStorage
from artifact_assets.instance import LOCAL_PROFILE
from tests.event_storage.entries import EXTRACTED, evaluated, materialized, said

ROOT = Path(__file__).resolve().parents[2]
HOUR = 3_600_000
PATIENCE_SECONDS = 120.0

Open = Callable[..., GroupedSqliteEventLogStorage]


@pytest.fixture
def open_storage(tmp_path: Path) -> Generator[Open]:
    """Storages on one folder, as several processes have them; closed in the end."""
    opened: list[GroupedSqliteEventLogStorage] = []

    def opening(**settings: Any) -> GroupedSqliteEventLogStorage:
        opened.append(GroupedSqliteEventLogStorage(str(tmp_path), group_milliseconds=HOUR, **settings))
        return opened[-1]

    yield opening
    for storage in opened:
        storage.dispose()


def _open_files(folder: Path) -> set[str]:
    """What of a folder this process holds open, deleted or not."""
    found: set[str] = set()
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            target = descriptor.readlink()
        except OSError:
            continue
        if target.parent == folder:
            found.add(target.name)
    return found


def _said_in(storage: SqliteEventLogStorage, run_id: str) -> list[str]:
    return [record.event_log_entry.user_message for record in storage.get_records_for_run(run_id).records]


def test_as_many_runs_stay_open_as_may_and_the_index(open_storage: Open, tmp_path: Path) -> None:
    storage = open_storage(open_runs=2)
    for run_id in ("a", "b", "c", "b"):
        storage.store_event(said(run_id))
    storage.store_event(materialized("m1", "b"))
    assert storage.get_materialized_partitions(EXTRACTED) == {"m1"}
    databases = {name for name in _open_files(tmp_path) if name.endswith(".db")}
    assert databases == {"b.db", "c.db", "index.db"}
    storage.store_event(said("a"))
    assert [len(_said_in(storage, run_id)) for run_id in ("a", "b", "c")] == [2, 3, 1]


def test_a_deleted_run_holds_no_file_and_its_name_can_be_used_again(open_storage: Open, tmp_path: Path) -> None:
    storage, elsewhere = open_storage(), open_storage()
    for each in (storage, elsewhere):
        each.store_event(said("gone"))
    storage.delete_events("gone")
    assert "gone.db" in _open_files(tmp_path), "the other one holds it yet"
    elsewhere.delete_events("gone")
    assert not any(name.startswith("gone") for name in _open_files(tmp_path))

    for each in (storage, elsewhere):
        each.store_event(said("gone"))
    for file in tmp_path.glob("gone.db*"):
        file.unlink()
    assert _said_in(storage, "gone") == []
    elsewhere.store_event(said("gone"))
    assert len(_said_in(storage, "gone")) == 1, "both use the new file"


def test_everything_wiped_is_gone_and_what_comes_next_is_stored(open_storage: Open, tmp_path: Path) -> None:
    storage = open_storage()
    storage.store_event(said("a"))
    storage.store_event(materialized("m1", "a"))
    storage.wipe()
    assert not any("(deleted)" in name for name in _open_files(tmp_path))
    assert _said_in(storage, "a") == []
    assert storage.get_materialized_partitions(EXTRACTED) == set()
    storage.store_event(said("a"))
    assert len(_said_in(storage, "a")) == 1


def test_dagsters_own_storage_reads_what_was_written_and_writes_beside(open_storage: Open, tmp_path: Path) -> None:
    ours, stock = open_storage(), SqliteEventLogStorage(str(tmp_path))
    ours.store_event(materialized("m1", "a"))
    ours.store_event(evaluated("m1", passed=True, run_id="a"))
    ours.flush()
    stock.store_event(materialized("m2", "a"))
    ours.store_event(materialized("m3", "a"))
    ours.flush()
    for storage in (ours, stock):
        assert storage.get_materialized_partitions(EXTRACTED) == {"m1", "m2", "m3"}
        assert len(storage.get_records_for_run("a").records) == 4
    stock.dispose()


def test_new_files_are_at_dagsters_revision_and_older_ones_are_upgraded(open_storage: Open, tmp_path: Path) -> None:
    storage = open_storage()
    storage.store_event(said("a"))
    revision, head = storage.alembic_version()
    assert revision == head
    for name in ("a", "index"):
        file = tmp_path / f"{name}.db"
        assert _ask(file, "SELECT version_num FROM alembic_version") == [head]
        # Dagster's 48th migration, taken back.
        _ask(file, "ALTER TABLE concurrency_limits DROP COLUMN using_default_limit")
        _ask(file, "UPDATE alembic_version SET version_num = '6b7fb194ff9c'")
    assert storage.alembic_version()[0] == "6b7fb194ff9c"
    storage.upgrade()
    for name in ("a", "index"):
        file = tmp_path / f"{name}.db"
        assert _ask(file, "SELECT version_num FROM alembic_version") == [head]
        assert "using_default_limit" in _ask(file, "SELECT name FROM pragma_table_info('concurrency_limits')")
    assert len(_said_in(storage, "a")) == 1


def _ask(file: Path, statement: str) -> list[Any]:
    """As another process would."""
    with contextlib.closing(sqlite3.connect(file, timeout=60, isolation_level=None)) as connection:
        return [row[0] for row in connection.execute(statement)]


def test_a_follower_hears_of_every_event_of_another_process_while_its_file_stays_open(
    open_storage: Open, tmp_path: Path
) -> None:
    writing, following = open_storage(), open_storage()
    writing.store_event(said("a"))
    heard: queue.Queue[EventLogEntry] = queue.Queue()

    def hear(event: EventLogEntry, _cursor: str) -> None:
        heard.put(event)

    following.watch("a", None, hear)
    writing.store_event(said("a"))
    for _ in range(2):
        heard.get(timeout=PATIENCE_SECONDS)
    for _ in range(20):
        writing.store_event(said("a"))
        # Heard of without another one coming behind it.
        heard.get(timeout=PATIENCE_SECONDS)
    following.end_watch("a", hear)


def test_two_processes_write_and_read_the_same_files_at_once(tmp_path: Path) -> None:
    storage = GroupedSqliteEventLogStorage(str(tmp_path))
    writers = [
        subprocess.Popen([sys.executable, "-m", "tests.event_storage.busy_writer", str(tmp_path), name], cwd=ROOT)
        for name in ("p", "q")
    ]
    seen = 0
    while any(writer.poll() is None for writer in writers):
        now = len(storage.get_materialized_partitions(EXTRACTED))
        assert now >= seen, "what was there once stays there"
        seen = now
    assert [writer.returncode for writer in writers] == [0, 0]
    partitions = {f"{name}{number}" for name in ("p", "q") for number in range(60)}
    assert storage.get_materialized_partitions(EXTRACTED) == partitions
    records = storage.get_records_for_run("shared").records
    assert len(records) == 2 * (60 + 60 + 20)
    order = [told.partition for record in records if (told := record.event_log_entry.dagster_event)]
    for name in ("p", "q"):
        mine = [partition for partition in order if partition and partition.startswith(name)]
        assert mine == [f"{name}{number}" for number in range(60)], "each one's events in its order"
    checks = storage.get_asset_check_execution_history(dg.AssetCheckKey(EXTRACTED, "accurate"), 1000)
    assert {check.partition for check in checks} == partitions
    ids = {r.partition_key: r.storage_id for r in storage.fetch_materializations(EXTRACTED, limit=1000).records}
    assert {check.partition: _target(check) for check in checks} == ids, "each names its partition's materialization"
    storage.dispose()


def _target(check: AssetCheckExecutionRecord) -> int | None:
    told = check.event and check.event.dagster_event
    target = told.asset_check_evaluation_data.target_materialization_data if told else None
    return target.storage_id if target else None


def test_under_an_untried_dagster_no_file_stays_open(
    open_storage: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "TRIED_WITH", frozenset({"1.0.0"}))
    storage = open_storage()
    storage.store_event(materialized("m1", "a"))
    assert storage.get_materialized_partitions(EXTRACTED) == {"m1"}
    assert _open_files(tmp_path) == set()


def test_the_local_profile_keeps_the_files_where_dagster_keeps_them(tmp_path: Path) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    for folder in (home, elsewhere):
        folder.mkdir()
        shutil.copyfile(LOCAL_PROFILE, folder / "dagster.yaml")
    with dg.DagsterInstance.from_config(str(home)) as instance, dg.DagsterInstance.from_config(str(elsewhere)) as other:
        assert isinstance(instance.event_log_storage, GroupedSqliteEventLogStorage)
        instance.report_runless_asset_event(dg.AssetMaterialization(EXTRACTED, partition="m1"))
        assert other.get_materialized_partitions(EXTRACTED) == set()
    # The way back that the pages give: the section deleted.
    profile = yaml.safe_load(LOCAL_PROFILE.read_text())
    del profile["event_log_storage"]
    (home / "dagster.yaml").write_text(yaml.safe_dump(profile))
    with dg.DagsterInstance.from_config(str(home)) as stock:
        assert not isinstance(stock.event_log_storage, GroupedSqliteEventLogStorage)
        assert stock.get_materialized_partitions(EXTRACTED) == {"m1"}
