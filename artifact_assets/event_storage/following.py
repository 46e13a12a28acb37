"""Noticing events of a run as they are stored.

What belongs here: following the file of one run. What does not: which runs are followed (see ``sqlite``).
"""

from __future__ import annotations

import contextlib

from dagster._core.event_api import EventHandlerFn
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorageWatchdog
from sqlalchemy.exc import OperationalError
from watchdog.events import FileSystemEvent, PatternMatchingEventHandler


class RunFollower(SqliteEventLogStorageWatchdog):
    """Dagster's own, for a file that stays open: its events then go to its log, and to itself much later.

    The log is written before its events can be read, and nothing tells when they can. So each time it waits for whoever is
    writing to be done, and reads then: the write that was noticed is among what it finds.
    """

    def __init__(
        self, event_log_storage: SqliteEventLogStorage, run_id: str, callback: EventHandlerFn, cursor: str | None
    ) -> None:
        """See ``EventLogStorage.watch``."""
        super().__init__(event_log_storage, run_id, callback, cursor)
        path = event_log_storage.path_for_shard(run_id)
        PatternMatchingEventHandler.__init__(self, patterns=[path, f"{path}-wal"])

    def on_modified(self, event: FileSystemEvent) -> None:
        """Hand on what is new."""
        del event
        # Another writer that does not let go within the patience of all has its own events noticed later.
        with contextlib.suppress(OperationalError), self._event_log_storage.run_connection(self._run_id) as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        self._process_log()
