"""The databases an event log can be in, each with Dagster's own storage and ours.

What belongs here: how ``dagster.yaml`` names them, and what anybody else finds in them. What does not: opening instances (see
``instances``).
"""

from __future__ import annotations

import contextlib
import sqlite3
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from artifact_assets.event_storage.grouping import GroupingStorage
from artifact_assets.event_storage.sqlite import GroupedSqliteEventLogStorage
from artifact_assets.event_storage.storage import GroupedEventLogStorage
from tests.postgres import Postgres

RUN = "run-1"
_FOUND = "SELECT coalesce(partition, lower(dagster_event_type), 'word') FROM event_logs ORDER BY id"


class Database(ABC):
    """A place for the events of one deployment."""

    ours: type[GroupingStorage]

    @property
    @abstractmethod
    def arguments(self) -> dict[str, Any]:
        """What both constructors take."""

    @abstractmethod
    def sections(self, *, grouped: bool, **settings: Any) -> dict[str, Any]:
        """The sections of ``dagster.yaml`` about storage."""

    @abstractmethod
    def stored(self) -> list[str]:
        """What anybody else would find of the run ``RUN``, in its order: partitions, kinds of event, or "word"."""


@dataclass
class OnPostgres(Database):
    """All three storages in one database."""

    server: Postgres
    url: str
    ours = GroupedEventLogStorage

    @property
    def arguments(self) -> dict[str, Any]:
        return {"postgres_url": self.url.replace("postgresql://", "postgresql+psycopg2://")}

    @property
    def name(self) -> str:
        """The database's."""
        return self.url.partition("?")[0].rpartition("/")[2]

    def sections(self, *, grouped: bool, **settings: Any) -> dict[str, Any]:
        stock = {"module": "dagster_postgres.event_log", "class": "PostgresEventLogStorage"}
        ours = {"module": "artifact_assets.event_storage.storage", "class": "GroupedEventLogStorage"}
        return {
            "run_storage": {
                "module": "dagster_postgres.run_storage",
                "class": "PostgresRunStorage",
                "config": self.arguments,
            },
            "schedule_storage": {
                "module": "dagster_postgres.schedule_storage",
                "class": "PostgresScheduleStorage",
                "config": self.arguments,
            },
            "event_log_storage": {**(ours if grouped else stock), "config": {**self.arguments, **settings}},
        }

    def stored(self) -> list[str]:
        return [row[0] for row in self.server.execute(_FOUND, self.name)]


@dataclass
class OnSqlite(Database):
    """The events below a folder; runs and ticks where the instance is."""

    folder: Path
    ours = GroupedSqliteEventLogStorage

    @property
    def arguments(self) -> dict[str, Any]:
        return {"base_dir": str(self.folder)}

    def sections(self, *, grouped: bool, **settings: Any) -> dict[str, Any]:
        stock = {"module": "dagster._core.storage.event_log", "class": "SqliteEventLogStorage"}
        ours = {"module": "artifact_assets.event_storage.sqlite", "class": "GroupedSqliteEventLogStorage"}
        return {"event_log_storage": {**(ours if grouped else stock), "config": {**self.arguments, **settings}}}

    def stored(self) -> list[str]:
        """In the run's file. A file without the table, or none, holds nothing."""
        file = self.folder / f"{RUN}.db"
        if not file.exists():
            return []
        with contextlib.closing(sqlite3.connect(file, timeout=60)) as connection:
            return [row[0] for row in connection.execute(_FOUND)]
