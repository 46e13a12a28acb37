"""Connections to a relational database: of the ledger, of the record store.

What belongs here: URLs, and what every connection of SQLite and PostgreSQL is set to. What does not: tables.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.pool import NullPool

from artifact_assets.domain.failures import FailureClass, PipelineError
from resources.database.columns import dump_json
from resources.database.failures import is_locked
from resources.database.patience import patient
from resources.files import make_private_folder

BUSY_TIMEOUT_SECONDS = 30
"""How long SQLite itself waits for another process."""
PATIENCE_SECONDS = 300
"""How long a transaction is begun again after that, before storage counts as unavailable."""
STATEMENT_SECONDS = 60.0
"""How long one statement may take at PostgreSQL. Those of a run take milliseconds."""
LISTING_SECONDS = 900.0
"""The same for reading a whole ledger, for counting."""
_LOCK_SECONDS = 45
"""Less than a statement's time, so that an error tells a lock from a slow statement."""
_SLACK = 1.25
"""So many times longer the client waits: a server that works ends the statement itself and keeps the connection."""
_CONNECT_SECONDS = 10
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


def connect_engine(url: URL, statement_seconds: float | None = STATEMENT_SECONDS, **pool: Any) -> Engine:
    """An engine whose transactions write; ``reading`` makes one for reads. Nothing is connected yet.

    ``statement_seconds`` holds for each statement at PostgreSQL; None is for migrations, which take as long as they take.
    ``pool`` is how connections are kept, in SQLAlchemy's words.
    """
    shared: dict[str, Any] = {"hide_parameters": True, "json_serializer": dump_json}
    shared |= pool or {"pool_size": 8, "max_overflow": 24}
    if url.get_backend_name() == "sqlite":
        engine = create_engine(
            url,
            connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False, "isolation_level": None},
            **shared,
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    limits: dict[str, Any] = {"connect_timeout": _CONNECT_SECONDS}
    if statement_seconds is not None:
        limits["connection_factory"] = patient(statement_seconds * _SLACK)
        limits["connect_timeout"] = min(_CONNECT_SECONDS, round(statement_seconds))
    return create_engine(
        url,
        connect_args={
            **limits,
            "application_name": "meeting-artifacts",
            "options": f"-c timezone=UTC -c lock_timeout={_LOCK_SECONDS}s"
            f" -c statement_timeout={round((statement_seconds or 0) * 1000)}",
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


def listing(engine: Engine) -> Engine:
    """The same database for reads of everything, which may take ``LISTING_SECONDS`` each and connect anew for each."""
    if engine.dialect.name == "sqlite":
        return reading(engine)
    return reading(connect_engine(engine.url, LISTING_SECONDS, poolclass=NullPool))


def make_private(file: Path) -> None:
    """Create the database file readable by its owner only. Raises PipelineError(storage_unavailable).

    One that exists is never opened: closing any descriptor of a file takes away every lock this process has on it, those of
    SQLite's other connections too (sqlite.org/howtocorrupt.html, 2.2). The next process to leave would then take itself for
    the last, remove the log, and what this process writes from then on would be lost.
    """
    try:
        folder = file.absolute().parent
        make_private_folder(folder)
        if not file.exists():
            _create(folder, file)
        elif not os.access(file, os.R_OK | os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        cause = f"The database file {file} cannot be written ({error.strerror}), so nothing was opened."
        remedy = "Make its folder writable, or set ARTIFACTS_HOME to another one."
        raise PipelineError(FailureClass.STORAGE_UNAVAILABLE, cause, remedy) from None


def _create(folder: Path, file: Path) -> None:
    """An empty file under its name at once: nobody has it open before this process has closed it."""
    descriptor, beside = tempfile.mkstemp(prefix=f".{file.name}.", dir=folder)
    os.close(descriptor)
    try:
        # Who came first made it.
        with contextlib.suppress(FileExistsError):
            os.link(beside, file)
    finally:
        Path(beside).unlink()


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
