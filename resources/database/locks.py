"""Locks that hold across processes.

What belongs here: one holder at a time, by name, for as long as a block runs. What does not: leases, which survive
their holder's process and run out (see ``meetings`` and ``intents``).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import zlib
from collections.abc import Generator

from sqlalchemy import Engine, text

from resources.database.engine import database_file

# Any number unlikely to be used by others who share the PostgreSQL database.
_FAMILY = zlib.crc32(b"meeting-artifacts") >> 1
_TAKE = text("SELECT pg_advisory_xact_lock(:family, :name)")


@contextlib.contextmanager
def exclusive(engine: Engine, name: str) -> Generator[None]:
    """Hold the lock called ``name`` of this database; waits for the present holder. A dead holder's lock is free."""
    file = database_file(engine.url)
    if file is None:
        with engine.connect() as connection, connection.begin():
            connection.execute(_TAKE, {"family": _FAMILY, "name": zlib.crc32(name.encode()) >> 1})
            yield
        return
    # Never removed: a lock file that is deleted while others wait for it locks nobody out.
    descriptor = os.open(f"{file}.{name}.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
