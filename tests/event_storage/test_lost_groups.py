"""Events that a crash took with it while they waited are logged again by the next run."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Generator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from artifact_assets.domain.states import STAGES
from artifact_assets.event_storage.grouping import GroupingStorage
from artifact_assets.event_storage.sqlite import GroupedSqliteEventLogStorage
from tests.event_storage.databases import Database, OnSqlite
from tests.event_storage.instances import opened_instance
from tests.pipeline.world import TALK, opened_world


def test_what_was_not_written_stays_pending_and_the_next_run_logs_it(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = database.ours.__dict__.get("_store_group", GroupingStorage.__dict__["_store_group"])
    crashing = [True]

    def crash(storage: GroupingStorage, events: list[Any]) -> None:
        """A process that dies here has told nobody that its events are stored."""
        if crashing[0] and any(e.dagster_event_type is dg.DagsterEventType.ASSET_MATERIALIZATION for e in events):
            events.clear()
            raise ConnectionError("the process is gone")
        written(storage, events)

    monkeypatch.setattr(database.ours, "_store_group", crash)
    with (
        opened_instance(tmp_path / "dagster", database, grouped=True, group_milliseconds=3_600_000) as instance,
        opened_world(tmp_path, instance=instance) as world,
    ):
        keys = world.receive(*(world.write(f"m{number}.txt", TALK) for number in range(3)))
        assert not world.run(keys).success
        pending = asyncio.run(world.ledger.pending(100))
        assert {checkpoint.meeting_id for checkpoint in pending} == set(keys)

        crashing[0] = False
        assert world.run(keys).success
        assert asyncio.run(world.ledger.pending(100)) == ()
        assert all(world.status(stage) == (set(keys), set()) for stage in STAGES)


def test_who_dies_between_the_two_commits_of_sqlite_is_mended_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = GroupedSqliteEventLogStorage.__dict__["_store_group"]
    transaction = GroupedSqliteEventLogStorage.__dict__["_transaction"]
    crashing = [True]

    @contextlib.contextmanager
    def dying(storage: GroupedSqliteEventLogStorage, shard: str) -> Generator[Any]:
        with transaction(storage, shard) as connection:
            yield connection
            added = connection.exec_driver_sql("SELECT dagster_event_type FROM event_logs ORDER BY id DESC").first()
            if (
                crashing[0]
                and shard == "index"
                and connection.in_transaction()
                and added == ("ASSET_CHECK_EVALUATION",)
            ):
                raise ConnectionError("the process is gone")

    def gone(storage: GroupedSqliteEventLogStorage, events: list[Any]) -> None:
        try:
            group(storage, events)
        except ConnectionError:
            events.clear()
            raise

    monkeypatch.setattr(GroupedSqliteEventLogStorage, "_transaction", dying)
    monkeypatch.setattr(GroupedSqliteEventLogStorage, "_store_group", gone)
    database = OnSqlite(tmp_path / "events")
    with (
        opened_instance(tmp_path / "dagster", database, grouped=True, group_milliseconds=3_600_000) as instance,
        opened_world(tmp_path, instance=instance) as world,
    ):
        keys = world.receive(world.write("m1.txt", TALK))
        assert not world.run(keys).success
        (record,) = instance.get_run_records()
        of_run = instance.all_logs(record.dagster_run.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)
        assert of_run, "its own file was committed"
        assert all(world.status(stage) == (set(), set(keys)) for stage in STAGES), "and the index was not"

        crashing[0] = False
        assert world.run(keys).success
        assert asyncio.run(world.ledger.pending(100)) == ()
        assert all(world.status(stage) == (set(keys), set()) for stage in STAGES)
