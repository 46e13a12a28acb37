"""Giving up the space in which removed words still lie.

What belongs here: making a database forget what was deleted or overwritten in it. What does not: deleting.

SQLite leaves old content in free pages and in its log until they are used again; PostgreSQL keeps old row versions until it
vacuums. Neither reaches backups, replicas or the blocks of the disk below.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.pool import NullPool

from resources.database.engine import BUSY_TIMEOUT_SECONDS, connect_engine, database_file


def compact(engine: Engine, tables: Sequence[str]) -> None:
    """Compact the database behind ``engine``; on a server only ``tables``. Raises SQLAlchemyError or sqlite3.Error."""
    file = database_file(engine.url)
    if file is not None:
        compact_file(file)
        return
    unhurried = connect_engine(engine.url, statement_seconds=None, poolclass=NullPool)
    with unhurried.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"VACUUM {', '.join(tables)}"))


def compact_file(file: Path) -> None:
    """Write a SQLite file anew and empty its log. Waits for others; a reader that stays keeps the log as it is."""
    with contextlib.closing(sqlite3.connect(file, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None)) as connection:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
