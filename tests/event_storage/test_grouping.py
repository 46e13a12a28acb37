"""When events that wait are written, and what happens to them when writing fails."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.events.log import EventLogEntry
from sqlalchemy.exc import IntegrityError, OperationalError

from artifact_assets.event_storage import grouping
from artifact_assets.event_storage.grouping import GroupingStorage
from tests.event_storage.databases import Database, OnPostgres
from tests.event_storage.entries import EXTRACTED, evaluated, materialized, planned, said
from tests.event_storage.instances import opened_instance, storage_of
from tests.postgres import Postgres

HOUR = 3_600_000


class Watched(GroupingStorage):
    """Put before one of ours: tells when a group was written, can lose its database, can be refused a group."""

    away = False
    refuses = False
    written: threading.Event

    def _connect(self, *shard: str) -> Any:
        if self.away:
            raise OperationalError("connect", None, Exception("gone"))
        return super()._connect(*shard)  # type: ignore[misc] - what comes behind this one has it

    def _store_together(self, events: Sequence[EventLogEntry]) -> None:
        if self.away:
            raise OperationalError("connect", None, Exception("gone"))
        if self.refuses:
            raise IntegrityError("insert", None, Exception("no"))
        super()._store_together(events)
        self.written.set()


def _storage(database: Database, group_events: int = 500, group_milliseconds: int = HOUR) -> Watched:
    watched: Any = type("WatchedStorage", (Watched, database.ours), {"written": threading.Event()})
    return watched(**database.arguments, group_events=group_events, group_milliseconds=group_milliseconds)


def test_events_wait_for_a_full_group(database: Database) -> None:
    grouped = _storage(database, group_events=3)
    grouped.store_event(materialized("m1"))
    grouped.store_event(evaluated("m1", passed=True))
    assert database.stored() == []
    grouped.store_event(materialized("m2"))
    assert database.stored() == ["m1", "asset_check_evaluation", "m2"]
    grouped.dispose()


def test_events_wait_only_a_moment(database: Database) -> None:
    grouped = _storage(database, group_milliseconds=1)
    grouped.store_event(materialized("m1"))
    assert grouped.written.wait(30)
    assert database.stored() == ["m1"]
    grouped.dispose()


def test_any_other_event_comes_after_those_that_waited(database: Database) -> None:
    grouped = _storage(database)
    grouped.store_event(planned("m1"))
    grouped.store_event(materialized("m2"))
    grouped.store_event(said())
    assert database.stored() == ["m1", "m2", "word"]
    grouped.dispose()


def test_who_reads_through_the_same_instance_finds_everything(database: Database) -> None:
    grouped = _storage(database)
    grouped.store_event(materialized("m1"))
    grouped.store_event(evaluated("m1", passed=True))
    grouped.store_event(evaluated("m1", passed=False))
    assert grouped.get_materialized_partitions(EXTRACTED) == {"m1"}
    (check,) = grouped.get_asset_check_execution_history(dg.AssetCheckKey(EXTRACTED, "accurate"), 5)
    assert (check.status.value, check.partition) == ("FAILED", "m1")
    grouped.dispose()


def test_closing_writes_what_waits(database: Database, tmp_path: Path) -> None:
    with opened_instance(tmp_path, database, grouped=True, group_milliseconds=HOUR) as instance:
        storage_of(instance).store_event(materialized("m1"))
    assert database.stored() == ["m1"]


def test_a_refused_group_is_written_event_by_event(database: Database) -> None:
    grouped = _storage(database)
    grouped.refuses = True
    grouped.store_event(materialized("m1"))
    grouped.store_event(evaluated("m1", passed=True))
    grouped.flush()
    assert database.stored() == ["m1", "asset_check_evaluation"]
    assert grouped.get_materialized_partitions(EXTRACTED) == {"m1"}
    grouped.dispose()


def test_events_wait_while_the_server_is_away_and_the_caller_hears_of_it(database: Database) -> None:
    grouped = _storage(database)
    grouped.store_event(materialized("m1"))
    grouped.away = True
    with pytest.raises(OperationalError):
        grouped.flush()
    grouped.away = False
    assert database.stored() == []
    grouped.flush()
    assert database.stored() == ["m1"]
    grouped.dispose()


def test_a_server_that_ended_all_connections_costs_no_event(postgres: Postgres) -> None:
    with postgres.lent_database() as url:
        database = OnPostgres(postgres, url)
        grouped = _storage(database)
        grouped.store_event(said())
        postgres.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database.name}'")
        grouped.store_event(materialized("m1"))
        grouped.flush()
        assert database.stored() == ["word", "m1"]
        grouped.dispose()


def test_under_an_untried_dagster_each_event_is_stored_at_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "TRIED_WITH", frozenset({"1.0.0"}))
    grouped = _storage(database)
    grouped.store_event(materialized("m1"))
    assert database.stored() == ["m1"]
    grouped.dispose()


def test_a_forked_child_leaves_what_waits_to_its_parent(database: Database) -> None:
    grouped = _storage(database)
    grouped.store_event(materialized("m1"))
    child = os.fork()
    if child == 0:
        grouped.flush()
        grouped.store_event(said())
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert database.stored() == ["word"]
    grouped.flush()
    assert database.stored() == ["word", "m1"]
    grouped.dispose()
