"""When events that wait are written, and what happens to them when writing fails."""

from __future__ import annotations

import os
import threading
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.events import AssetMaterializationPlannedData, DagsterEvent, StepMaterializationData
from dagster._core.events.log import EventLogEntry
from sqlalchemy.exc import IntegrityError, OperationalError

from artifact_assets.event_storage import grouping, statements
from artifact_assets.event_storage.storage import GroupedEventLogStorage
from tests.event_storage.instances import GROUPED, opened_instance, storage_of
from tests.postgres import Postgres

HOUR = 3_600_000
RUN = "run-1"


@pytest.fixture
def database(postgres: Postgres) -> Generator[str]:
    with postgres.lent_database() as url:
        yield url


class Watched(GroupedEventLogStorage):
    """Tells when a group was written, and can lose its server."""

    away = False

    def __init__(self, *args: Any, **settings: Any) -> None:
        self.written = threading.Event()
        super().__init__(*args, **settings)

    def _connect(self) -> Any:
        if self.away:
            raise OperationalError("connect", None, Exception("gone"))
        return super()._connect()

    def _store_together(self, events: Sequence[EventLogEntry]) -> None:
        super()._store_together(events)
        self.written.set()


def _storage(database: str, group_events: int = 500, group_milliseconds: int = HOUR) -> Watched:
    url = database.replace("postgresql://", "postgresql+psycopg2://")
    return Watched(url, group_events=group_events, group_milliseconds=group_milliseconds)


def _materialized(partition: str, run_id: str = RUN) -> EventLogEntry:
    told = StepMaterializationData(dg.AssetMaterialization("extracted", partition=partition))
    return _entry(dg.DagsterEventType.ASSET_MATERIALIZATION, told, run_id)


def _planned(partition: str) -> EventLogEntry:
    told = AssetMaterializationPlannedData(dg.AssetKey("extracted"), partition)
    return _entry(dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED, told)


def _evaluated(partition: str, *, passed: bool) -> EventLogEntry:
    told = dg.AssetCheckEvaluation(dg.AssetKey("extracted"), "accurate", passed, {}, partition=partition)
    return _entry(dg.DagsterEventType.ASSET_CHECK_EVALUATION, told)


def _entry(kind: dg.DagsterEventType, told: Any, run_id: str = RUN) -> EventLogEntry:
    event = DagsterEvent(kind.value, "job", event_specific_data=told)
    return EventLogEntry(None, 10, "", run_id, 1_700_000_000.0, None, "job", event)


def _said(run_id: str = RUN) -> EventLogEntry:
    return EventLogEntry(None, 20, "a word", run_id, 1_700_000_000.0, None, "job", None)


def _stored(postgres: Postgres, database: str) -> list[str]:
    """What anybody else would find, in its order."""
    name = database.partition("?")[0].rpartition("/")[2]
    rows = postgres.execute(
        "SELECT coalesce(partition, lower(dagster_event_type), 'word') FROM event_logs ORDER BY id", name
    )
    return [row[0] for row in rows]


def test_events_wait_for_a_full_group(postgres: Postgres, database: str) -> None:
    grouped = _storage(database, group_events=3)
    grouped.store_event(_materialized("m1"))
    grouped.store_event(_evaluated("m1", passed=True))
    assert _stored(postgres, database) == []
    grouped.store_event(_materialized("m2"))
    assert _stored(postgres, database) == ["m1", "asset_check_evaluation", "m2"]
    grouped.dispose()


def test_events_wait_only_a_moment(postgres: Postgres, database: str) -> None:
    grouped = _storage(database, group_milliseconds=1)
    grouped.store_event(_materialized("m1"))
    assert grouped.written.wait(30)
    assert _stored(postgres, database) == ["m1"]
    grouped.dispose()


def test_any_other_event_comes_after_those_that_waited(postgres: Postgres, database: str) -> None:
    grouped = _storage(database)
    grouped.store_event(_planned("m1"))
    grouped.store_event(_materialized("m2"))
    grouped.store_event(_said())
    assert _stored(postgres, database) == ["m1", "m2", "word"]
    grouped.dispose()


def test_who_reads_through_the_same_instance_finds_everything(database: str) -> None:
    grouped = _storage(database)
    grouped.store_event(_materialized("m1"))
    grouped.store_event(_evaluated("m1", passed=True))
    grouped.store_event(_evaluated("m1", passed=False))
    assert grouped.get_materialized_partitions(dg.AssetKey("extracted")) == {"m1"}
    (check,) = grouped.get_asset_check_execution_history(dg.AssetCheckKey(dg.AssetKey("extracted"), "accurate"), 5)
    assert (check.status.value, check.partition) == ("FAILED", "m1")
    grouped.dispose()


def test_closing_writes_what_waits(postgres: Postgres, database: str, tmp_path: Path) -> None:
    with opened_instance(tmp_path, database, GROUPED, group_milliseconds=HOUR) as instance:
        storage_of(instance).store_event(_materialized("m1"))
    assert _stored(postgres, database) == ["m1"]


def test_a_refused_group_is_written_event_by_event(
    postgres: Postgres, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    grouped = _storage(database)

    def refused(*_: Any) -> None:
        raise IntegrityError("insert", None, Exception("no"))

    monkeypatch.setattr(statements, "add_events", refused)
    grouped.store_event(_materialized("m1"))
    grouped.store_event(_evaluated("m1", passed=True))
    grouped.flush()
    assert _stored(postgres, database) == ["m1", "asset_check_evaluation"]
    assert grouped.get_materialized_partitions(dg.AssetKey("extracted")) == {"m1"}
    grouped.dispose()


def test_events_wait_while_the_server_is_away_and_the_caller_hears_of_it(postgres: Postgres, database: str) -> None:
    grouped = _storage(database)
    grouped.store_event(_materialized("m1"))
    grouped.away = True
    with pytest.raises(OperationalError):
        grouped.flush()
    grouped.away = False
    assert _stored(postgres, database) == []
    grouped.flush()
    assert _stored(postgres, database) == ["m1"]
    grouped.dispose()


def test_a_server_that_ended_all_connections_costs_no_event(postgres: Postgres, database: str) -> None:
    grouped = _storage(database)
    grouped.store_event(_said())
    name = database.partition("?")[0].rpartition("/")[2]
    postgres.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    grouped.store_event(_materialized("m1"))
    grouped.flush()
    assert _stored(postgres, database) == ["word", "m1"]
    grouped.dispose()


def test_under_an_untried_dagster_each_event_is_stored_at_once(
    postgres: Postgres, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "TRIED_WITH", frozenset({"1.0.0"}))
    grouped = _storage(database)
    grouped.store_event(_materialized("m1"))
    assert _stored(postgres, database) == ["m1"]
    grouped.dispose()


def test_a_forked_child_leaves_what_waits_to_its_parent(postgres: Postgres, database: str) -> None:
    grouped = _storage(database)
    grouped.store_event(_materialized("m1"))
    child = os.fork()
    if child == 0:
        grouped.flush()
        grouped.store_event(_said())
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert _stored(postgres, database) == ["word"]
    grouped.flush()
    assert _stored(postgres, database) == ["word", "m1"]
    grouped.dispose()
