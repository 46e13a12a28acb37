"""Dagster's SQLite event log with its files kept open and events written in groups.

What belongs here: its settings, its connections, and a group in two commits. What does not: which events may wait (see
``grouping``), which files are open (see ``open_files``) and SQL (see ``sqlite_statements``).

Dagster keeps a file for each run and one for all, the index. Its own storage opens and closes them for each event, and who
closes a file last writes its log back into it and waits for the disk again. Here files stay open, and events of which a run has
many are written with others: one commit to the run's file, one to the index.

Two designs were weighed. A pool of connections to each file would let threads of one process read side by side; but Dagster's
storage lets one thread in at a time anyway, nothing on it relies on more, and two connections of one process to one file can
refuse each other. So each file has one connection, under the lock that Dagster's own storage takes. And one transaction over
both files (``ATTACH``) would look like all or nothing; with SQLite's write-ahead log it is not, each file is committed by
itself. So the order is chosen: the index's rows first, uncommitted, because they hold its write lock and number the events;
then the run's file is committed, then the index. Who dies in between leaves events in the run's log that no asset page shows,
and that the ledger was not told of: they are logged again. Dagster's own way leaves the same behind.

``synchronous`` stays at SQLite's full: what was told to be stored survives a power cut.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import dagster
from dagster import DagsterInstance, Field, IntSource, StringSource
from dagster._config.config_schema import UserConfigSchema
from dagster._core.event_api import EventHandlerFn
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, NullPool, create_engine
from watchdog.observers import Observer

from artifact_assets.event_storage import grouping, sqlite_statements
from artifact_assets.event_storage.checks import check_row
from artifact_assets.event_storage.following import RunFollower
from artifact_assets.event_storage.grouping import GroupingStorage
from artifact_assets.event_storage.open_files import BUSY_SECONDS, OpenFiles
from artifact_assets.event_storage.targets import aimed, evaluation_of, untold


class GroupedSqliteEventLogStorage(GroupingStorage, SqliteEventLogStorage):
    """Named in ``dagster.yaml`` under ``event_log_storage``. Tables, rows and files are those of Dagster's own.

    Several processes may use one folder at once, with this storage or Dagster's own.
    """

    def __init__(
        self,
        base_dir: str | None = None,
        inst_data: ConfigurableClassData | None = None,
        *,
        open_runs: int = 16,
        group_events: int = 500,
        group_milliseconds: int = 200,
    ) -> None:
        """Without ``base_dir``, the files are where Dagster keeps them, below the home of the instance that registers.

        ``open_runs`` runs' files are kept open, three descriptors each; ``group_events`` of 1 or less turns grouping off.
        """
        self._keeps_open = dagster.__version__ in grouping.TRIED_WITH
        self._files = OpenFiles(self.path_for_shard, self._make_tables, INDEX_SHARD_NAME, open_runs)
        self.start_grouping(group_events, group_milliseconds)
        self._inst_data = inst_data
        if base_dir is not None:
            super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> UserConfigSchema:
        """Dagster's own setting of a SQLite storage, here with a default, and ours."""
        return {
            "base_dir": Field(StringSource, is_required=False),
            "open_runs": Field(IntSource, is_required=False, default_value=16),
            "group_events": Field(IntSource, is_required=False, default_value=500),
            "group_milliseconds": Field(IntSource, is_required=False, default_value=200),
        }

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Self:
        """See ``ConfigurableClass``."""
        return cls(
            config_value.get("base_dir"),
            inst_data,
            open_runs=config_value["open_runs"],
            group_events=config_value["group_events"],
            group_milliseconds=config_value["group_milliseconds"],
        )

    def register_instance(self, instance: DagsterInstance) -> None:
        """See ``EventLogStorage``; opens the files of an instance whose ``dagster.yaml`` names no folder."""
        if not hasattr(self, "_base_dir"):
            super().__init__(str(Path(instance.root_directory) / "history" / "runs"), self._inst_data)
        super().register_instance(instance)

    def delete_events(self, run_id: str) -> None:
        """Delete a run's events and let go of its file, which may be deleted next."""
        super().delete_events(run_id)
        with self._db_lock:
            self._files.close(run_id)

    def wipe(self) -> None:
        """Delete everything, files included."""
        self._group.flush()
        with self._db_lock:
            self._files.close_all()
        super().wipe()

    def watch(self, run_id: str, cursor: str | None, callback: EventHandlerFn) -> None:
        """Call back for each event of a run behind ``cursor``, as it is stored by whatever process."""
        if not self._keeps_open:
            super().watch(run_id, cursor, callback)
            return
        if not self._obs:
            self._obs = Observer()
            self._obs.start()
        follower = RunFollower(self, run_id, callback, cursor)
        self._watchers[run_id][callback] = (follower, self._obs.schedule(follower, self._base_dir, recursive=True))

    def dispose(self) -> None:
        """Write what waits and close all files."""
        try:
            self._group.flush()
        finally:
            super().dispose()
            with self._db_lock:
                self._files.close_all()

    def forget(self) -> None:
        """Leave everything to the process this one was forked from."""
        super().forget()
        # Another thread of the parent may have held it.
        self._db_lock = threading.Lock()
        self._files.abandon()

    @contextlib.contextmanager
    def _connect(self, shard: str) -> Generator[Connection]:
        # Whoever reads through this instance sees what was stored through it.
        self._group.flush()
        if not self._keeps_open:
            with super()._connect(shard) as connection:
                yield connection
            return
        with self._db_lock, self._transaction(shard) as connection:
            yield connection

    @contextlib.contextmanager
    def _transaction(self, shard: str) -> Generator[Connection]:
        """Under the lock."""
        with self._files.engine(shard).connect() as connection, connection.begin():
            yield connection

    def _make_tables(self, shard: str) -> None:
        """Dagster's own way, on connections of its own; processes that do so at once wait for each other in it."""
        engine = create_engine(
            self.conn_string_for_shard(shard), poolclass=NullPool, connect_args={"timeout": BUSY_SECONDS}
        )
        self._initdb(engine)

    def _store_group(self, events: list[EventLogEntry]) -> None:
        """Run by run: each has a file, and what of one is stored must not be stored again because another's failed."""
        for run_id in dict.fromkeys(event.run_id for event in events):
            of_run = [event for event in events if event.run_id == run_id]
            others = [event for event in events if event.run_id != run_id]
            try:
                super()._store_group(of_run)
            finally:
                events[:] = of_run + others

    def _store_together(self, events: Sequence[EventLogEntry]) -> None:
        run_id = events[0].run_id
        with self._db_lock:
            # A new run's tables are made before anybody else's writing is held up.
            self._files.engine(run_id)
            self._store_in_both(run_id, events)

    def _store_in_both(self, run_id: str, events: Sequence[EventLogEntry]) -> None:
        with self._transaction(INDEX_SHARD_NAME) as index:
            ids = sqlite_statements.reserve_ids(index, len(events))
            stored = sqlite_statements.latest_materializations(index, untold(events))
            events = aimed(events, ids, stored)
            rows = [self._event_to_row(event) for event in events]
            numbered = [{**row, "id": n} for row, n in zip(rows, ids, strict=True)]
            sqlite_statements.add_events(index, numbered)
            self._tell_assets(index, events, ids)
            evaluations = [(evaluation_of(event), row) for event, row in zip(events, numbered, strict=True)]
            sqlite_statements.set_checks(index, [check_row(told, row) for told, row in evaluations if told])
            with self._transaction(run_id) as of_run:
                sqlite_statements.add_events(of_run, rows)

    def _plan_checks(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        sqlite_statements.plan_checks(connection, rows)
