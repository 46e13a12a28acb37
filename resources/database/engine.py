"""Connections to a relational database: of the ledger, of the record store.

What belongs here: URLs, and what every connection of SQLite and PostgreSQL is set to. What does not: tables.
"""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from artifact_assets.domain.failures import FailureClass, PipelineError
from resources.database.columns import dump_json
from resources.database.failures import is_locked
from resources.files import make_private_folder

BUSY_TIMEOUT_SECONDS = 30
"""How long SQLite itself waits for another process."""
PATIENCE_SECONDS = 300
"""How long a transaction is begun again after that, before storage counts as unavailable."""
_PAUSE_SECONDS = 0.02
_READING = "artifacts_reading"


def parsed_url(url: str) -> URL:
    """``url`` with its driver named. Raises PipelineError(storage_unavailable) for other databases."""
    remedy = "Give a URL such as sqlite:///PATH or postgresql://USER:PASSWORD@HOST/DATABASE."
    try:
        parsed = make_url(url)
    except ArgumentError:
        cause = "The database URL cannot be read, so nothing was opened."
        raise PipelineError(FailureClass.STORAGE_UNAVAILABLE, cause, remedy) from None
    if parsed.drivername in {"postgresql", "postgres"}:
        # SQLAlchemy 2.1 reads plain postgresql:// as psycopg 3; Dagster speaks psycopg2, and one driver is enough.
        parsed = parsed.set(drivername="postgresql+psycopg2")
    if parsed.drivername not in {"postgresql+psycopg2", "sqlite", "sqlite+pysqlite"}:
        cause = f"A database of kind {parsed.drivername} is not known here, so nothing was opened."
        raise PipelineError(FailureClass.STORAGE_UNAVAILABLE, cause, remedy)
    if parsed.get_backend_name() == "sqlite" and not parsed.database:
        cause = "The SQLite URL names no file, so nothing would survive the process."
        raise PipelineError(FailureClass.STORAGE_UNAVAILABLE, cause, remedy)
    return parsed


def database_file(url: URL) -> Path | None:
    """The SQLite file, or None for a server."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def connect_engine(url: URL) -> Engine:
    """An engine whose transactions write; ``reading`` makes one for reads. Nothing is connected yet."""
    shared: dict[str, Any] = {"hide_parameters": True, "json_serializer": dump_json, "pool_size": 8, "max_overflow": 24}
    if url.get_backend_name() == "sqlite":
        engine = create_engine(
            url,
            connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False, "isolation_level": None},
            **shared,
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        url,
        connect_args={
            "connect_timeout": 10,
            "application_name": "meeting-artifacts",
            "options": "-c timezone=UTC -c lock_timeout=60s",
            # A server that vanished is noticed within a minute instead of after hours.
            "keepalives_idle": 20,
            "keepalives_interval": 5,
            "tcp_user_timeout": 60_000,
        },
        # Many rows travel in one message instead of one each.
        executemany_mode="values_plus_batch",
        **shared,
    )


def reading(engine: Engine) -> Engine:
    """The same connections for reads: one statement, no transaction that could hold others up."""
    # The SQLite driver commits by itself as it is set up here; asking SQLAlchemy for it would undo that afterwards.
    sqlite = engine.dialect.name == "sqlite"
    return engine.execution_options(**({_READING: True} if sqlite else {"isolation_level": "AUTOCOMMIT"}))


def make_private(file: Path) -> None:
    """Create the database file readable by its owner only. Raises PipelineError(storage_unavailable)."""
    try:
        make_private_folder(file.absolute().parent)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        cause = f"The database file {file} cannot be written ({error.strerror}), so nothing was opened."
        remedy = "Make its folder writable, or set ARTIFACTS_HOME to another one."
        raise PipelineError(FailureClass.STORAGE_UNAVAILABLE, cause, remedy) from None


def _prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    cursor = connection.cursor()
    # FULL, because `sending` must survive a power cut.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA journal_mode")
    if cursor.fetchone()[0] != "wal":
        _until_free(lambda: cursor.execute("PRAGMA journal_mode=WAL"))
    cursor.close()


def _until_free(act: Any) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            act()
            return
        except (sqlite3.OperationalError, OperationalError) as error:
            busy = (
                is_locked(error)
                if isinstance(error, OperationalError)
                else error.sqlite_errorname[:11] == "SQLITE_BUSY"
            )
            if not busy or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE_SECONDS)


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get(_READING):
        return
    # IMMEDIATE: a transaction that turns out to write can otherwise fail half-way, without any waiting.
    _until_free(lambda: connection.exec_driver_sql("BEGIN IMMEDIATE"))
