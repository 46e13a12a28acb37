"""Dagster's PostgreSQL event log with pooled connections and events written in groups.

What belongs here: which events may wait, what must find them written, and falling back to Dagster's own ways. What does
not: gathering (see ``groups``) and SQL (see ``statements``).

Dagster's own storage opens a connection for each event and writes each in transactions of its own. A run over many meetings
logs nine events a meeting, and the same again as planned. Here such events wait for a fraction of a second, for a full
group, or for anything else that is stored or read through this instance; then they are written in one transaction. What a crash
takes with it was not told to the ledger yet, and the next run logs it again.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Self, cast

import dagster
from dagster import DagsterEventType, Field, IntSource
from dagster._config.config_schema import UserConfigSchema
from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluationPlanned
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.config import pg_config
from dagster._serdes import ConfigurableClassData, serialize_value
from dagster_postgres import PostgresEventLogStorage
from dagster_postgres.utils import create_pg_engine, get_token_provider_from_config, pg_url_from_config
from dagster_shared.record import replace  # pyright: ignore[reportUnknownVariableType] - its keywords are untyped
from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from artifact_assets.event_storage import statements
from artifact_assets.event_storage.groups import EventGroup
from artifact_assets.event_storage.targets import aimed, evaluation_of, untold

TRIED_WITH = frozenset({"1.13.27"})
"""Versions of Dagster whose rows were compared with ours. Under another one every event goes Dagster's own way."""

_MATERIALIZED = DagsterEventType.ASSET_MATERIALIZATION.value
_PLANNED = DagsterEventType.ASSET_MATERIALIZATION_PLANNED.value
WAITING = frozenset({_MATERIALIZED, _PLANNED, DagsterEventType.ASSET_CHECK_EVALUATION.value})


class GroupedEventLogStorage(PostgresEventLogStorage):
    """Named in ``dagster.yaml`` under ``event_log_storage``; takes what Dagster's own takes, and how to group."""

    def __init__(
        self,
        postgres_url: str,
        should_autocreate_tables: bool = True,
        inst_data: ConfigurableClassData | None = None,
        token_provider: Any = None,
        *,
        pool_size: int = 4,
        group_events: int = 500,
        group_milliseconds: int = 200,
    ) -> None:
        """``pool_size`` connections are kept; ``group_events`` of 1 or less turns grouping off."""
        self._group = EventGroup(self._store_group, group_events, group_milliseconds / 1000)
        self._partitions: dict[str, tuple[statements.Mark, tuple[str, ...]]] = {}
        self._tables: set[str] = set()
        self._grouping = dagster.__version__ in TRIED_WITH and group_events > 1
        super().__init__(postgres_url, should_autocreate_tables, inst_data, token_provider)
        self._engine = create_pg_engine(
            self.postgres_url,
            token_provider,
            isolation_level="AUTOCOMMIT",
            pool_size=pool_size,
            max_overflow=16,
            pool_recycle=1800,
            # A server that was restarted meanwhile is noticed before a statement is lost on it.
            pool_pre_ping=True,
            pool_use_lifo=True,
        )
        _forget_after_fork(self)

    @classmethod
    def config_type(cls) -> UserConfigSchema:
        """Dagster's own settings of a PostgreSQL storage, and ours."""
        return {
            **cast("dict[str, Any]", pg_config()),
            "pool_size": Field(IntSource, is_required=False, default_value=4),
            "group_events": Field(IntSource, is_required=False, default_value=500),
            "group_milliseconds": Field(IntSource, is_required=False, default_value=200),
        }

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Self:
        """See ``ConfigurableClass``."""
        return cls(
            pg_url_from_config(config_value),
            config_value.get("should_autocreate_tables", True),
            inst_data,
            get_token_provider_from_config(config_value),
            pool_size=config_value["pool_size"],
            group_events=config_value["group_events"],
            group_milliseconds=config_value["group_milliseconds"],
        )

    @property
    def aims_checks(self) -> bool:
        """See ``Flushing.aims_checks``."""
        return self._grouping

    def flush(self) -> None:
        """Write what waits. Raises what the database raises; the events then go on waiting."""
        self._group.flush()

    def get_dynamic_partitions(self, partitions_def_name: str) -> Sequence[str]:
        """All keys in their order. Creating one run lists them ten times, so they are kept while nothing changes them."""
        self._check_partitions_table()
        with self.index_connection() as connection:
            mark = statements.partitions_mark(connection, partitions_def_name)
        known = self._partitions.get(partitions_def_name)
        if known is None or known[0] != mark:
            known = mark, tuple(super().get_dynamic_partitions(partitions_def_name))
            self._partitions[partitions_def_name] = known
        return list(known[1])

    def has_table(self, table_name: str) -> bool:
        """Whether a table is there. One that was there once is not looked for again: every look at a partition asks."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def store_event(self, event: EventLogEntry) -> None:
        """Store an event, at once or with its group; those before it are stored first."""
        if self._grouping and _may_wait(event):
            self._group.add(event)
            return
        self._group.flush()
        super().store_event(event)

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store events that Dagster gathered itself; returns when they are stored."""
        for event in events:
            self.store_event(event)
        self._group.flush()

    def dispose(self) -> None:
        """Write what waits and close all connections."""
        try:
            self._group.flush()
        finally:
            super().dispose()
            self._engine.dispose()

    def forget(self) -> None:
        """Leave everything to the process this one was forked from."""
        self._group.forget()
        self._engine.dispose(close=False)

    def _connect(self) -> AbstractContextManager[Connection]:
        # Whoever reads through this instance sees what was stored through it.
        self._group.flush()
        return super()._connect()

    def _store_group(self, events: list[EventLogEntry]) -> None:
        try:
            self._store_together(events)
            events.clear()
        except SQLAlchemyError:
            # One of them, or a table that is not as expected: event by event, as Dagster does it.
            self._store_each(events)

    def _store_each(self, events: list[EventLogEntry]) -> None:
        refused: SQLAlchemyError | None = None
        while events:
            try:
                super().store_event(events[0])
            except (OperationalError, InterfaceError):
                # The server is away: what is left goes on waiting.
                raise
            except SQLAlchemyError as error:
                refused = error
            del events[0]
        if refused is not None:
            raise refused

    def _store_together(self, events: Sequence[EventLogEntry]) -> None:
        with self.index_transaction() as connection:
            ids = statements.draw_ids(connection, len(events))
            stored = statements.latest_materializations(connection, untold(events))
            events = aimed(events, ids, stored)
            rows = [{**self._event_to_row(event), "id": n} for event, n in zip(events, ids, strict=True)]
            statements.add_events(connection, rows)
            of_assets = [(event, n) for event, n in zip(events, ids, strict=True) if evaluation_of(event) is None]
            self._store_asset_event_tags(connection, [event for event, _ in of_assets], [n for _, n in of_assets])
            for event, event_id in _telling(of_assets):
                self._store_asset_event(connection, event, event_id)
            evaluations = [(evaluation_of(event), row) for event, row in zip(events, rows, strict=True)]
            statements.set_checks(connection, [statements.check_row(told, row) for told, row in evaluations if told])

    def _store_asset_check_evaluation_planned(self, event: EventLogEntry, event_id: int | None) -> None:
        """One row a partition, each without the names of all the others: Dagster's own way grows with their square."""
        told = event.get_dagster_event()
        planned = cast("AssetCheckEvaluationPlanned", told.event_specific_data)
        if not self._grouping or planned.partitions_subset is None:
            super()._store_asset_check_evaluation_planned(event, event_id)
            return
        alone = told._replace(event_specific_data=replace(planned, partitions_subset=None))
        row = {
            "asset_key": planned.asset_key.to_string(),
            "check_name": planned.check_name,
            "run_id": event.run_id,
            "execution_status": AssetCheckExecutionRecordStatus.PLANNED.value,
            "evaluation_event": serialize_value(event._replace(dagster_event=alone)),
            "evaluation_event_timestamp": self._event_insert_timestamp(event),
            "evaluation_event_storage_id": event_id,
            "materialization_event_storage_id": None,
        }
        rows = [{**row, "partition": key} for key in planned.partitions_subset.get_partition_keys()]
        with self.index_connection() as connection:
            statements.plan_checks(connection, rows)


def _may_wait(event: EventLogEntry) -> bool:
    """Whether an event is one of many of a run, about one partition."""
    told = event.dagster_event
    if told is None or not event.run_id or told.event_type_value not in WAITING:
        return False
    evaluation = evaluation_of(event)
    return evaluation is None or evaluation.partition is not None


def _telling(events: Sequence[tuple[EventLogEntry, int]]) -> list[tuple[EventLogEntry, int]]:
    """Of each asset the last event and the last materialization: what they say overwrites what the others said.

    By asset, so that two runs that write at once lock rows in one order.
    """
    last: dict[tuple[str, bool], tuple[EventLogEntry, int]] = {}
    for event, event_id in events:
        key = event.get_dagster_event().asset_key
        if key is not None:
            last[key.to_string(), event.dagster_event_type is DagsterEventType.ASSET_MATERIALIZATION] = event, event_id
    return [told for _, told in sorted(last.items(), key=lambda item: (item[0][0], item[1][1]))]


def _forget_after_fork(storage: GroupedEventLogStorage) -> None:
    known = weakref.ref(storage)

    def forget() -> None:
        there = known()
        if there is not None:
            there.forget()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=forget)
