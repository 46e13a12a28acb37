"""Dagster's PostgreSQL event log with pooled connections and events written in groups.

What belongs here: its settings, its connections, and a group in one transaction. What does not: which events may wait (see
``grouping``), gathering (see ``groups``) and SQL (see ``statements``).

Dagster's own storage opens a connection for each event and writes each in transactions of its own. A run over many meetings
logs nine events a meeting, and the same again as planned. Here such events wait for a fraction of a second, for a full
group, or for anything else that is stored or read through this instance; then they are written in one transaction. What a crash
takes with it was not told to the ledger yet, and the next run logs it again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Self, cast

import dagster
from dagster import Field, IntSource
from dagster._config.config_schema import UserConfigSchema
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.config import pg_config
from dagster._serdes import ConfigurableClassData
from dagster_postgres import PostgresEventLogStorage
from dagster_postgres.utils import create_pg_engine, get_token_provider_from_config, pg_url_from_config
from sqlalchemy import Connection

from artifact_assets.event_storage import statements
from artifact_assets.event_storage.all_keys import share_all_keys
from artifact_assets.event_storage.checks import check_row
from artifact_assets.event_storage.counted_changes import CountedChanges
from artifact_assets.event_storage.grouping import TRIED_WITH, GroupingStorage
from artifact_assets.event_storage.remembered_keys import RememberedKeys
from artifact_assets.event_storage.targets import aimed, evaluation_of, untold


class GroupedEventLogStorage(GroupingStorage, PostgresEventLogStorage):
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
        self.start_grouping(group_events, group_milliseconds)
        self._changes = CountedChanges(self.index_connection, self.index_transaction)
        self._keys = RememberedKeys(self._changes)
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
        if should_autocreate_tables:
            self._changes.watch()
        if dagster.__version__ in TRIED_WITH:
            share_all_keys()

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

    def get_dynamic_partitions(self, partitions_def_name: str) -> Sequence[str]:
        """All keys in their order, as they are in the database now; a list to read only, see ``PartitionKeys``."""
        self._check_partitions_table()
        return self._keys.all(partitions_def_name)

    def dispose(self) -> None:
        """Write what waits and close all connections."""
        try:
            self._group.flush()
        finally:
            super().dispose()
            self._engine.dispose()

    def forget(self) -> None:
        """Leave everything to the process this one was forked from."""
        super().forget()
        self._engine.dispose(close=False)

    def _connect(self) -> AbstractContextManager[Connection]:
        # Whoever reads through this instance sees what was stored through it.
        self._group.flush()
        return super()._connect()

    def _store_together(self, events: Sequence[EventLogEntry]) -> None:
        with self.index_transaction() as connection:
            ids = statements.draw_ids(connection, len(events))
            stored = statements.latest_materializations(connection, untold(events))
            events = aimed(events, ids, stored)
            rows = [{**self._event_to_row(event), "id": n} for event, n in zip(events, ids, strict=True)]
            statements.add_events(connection, rows)
            self._tell_assets(connection, events, ids)
            evaluations = [(evaluation_of(event), row) for event, row in zip(events, rows, strict=True)]
            statements.set_checks(connection, [check_row(told, row) for told, row in evaluations if told])

    def _plan_checks(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        statements.plan_checks(connection, rows)
