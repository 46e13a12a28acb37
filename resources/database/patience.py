"""Giving up on a PostgreSQL server that keeps a connection open and does not answer.

What belongs here: how long one statement may take, and ending the wait from outside. What does not: slow statements (the
server's own ``statement_timeout`` ends them) and vanished servers (TCP notices those).

A server that is stopped, swaps or hangs in its disk still has a kernel that acknowledges every packet, so neither the
server's timeouts nor TCP's ever fire, and libpq waits for ever in a call that Python cannot interrupt. Shutting its socket
down from another thread ends that call with the error of a connection that broke. Rejected: psycopg2's wait callback,
which is one for the whole process and would change Dagster's connections too.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
import weakref
from collections.abc import Callable, Generator
from typing import Any, cast

from psycopg2 import extensions

LOOKS_EVERY_SECONDS = 1.0


class PatientConnection(extensions.connection):
    """A connection that waits ``patience_seconds`` for each answer at most; after that it is broken for good."""

    patience_seconds: float
    waits_until: float | None = None

    def cursor(self, *args: Any, **kwargs: Any) -> Any:
        """See psycopg2."""
        kwargs.setdefault("cursor_factory", PatientCursor)
        return super().cursor(*args, **kwargs)

    def commit(self) -> None:
        """See psycopg2."""
        with self.waiting():
            super().commit()

    def rollback(self) -> None:
        """See psycopg2."""
        with self.waiting():
            super().rollback()

    @contextlib.contextmanager
    def waiting(self) -> Generator[None]:
        """The server has been asked something."""
        self.waits_until = time.monotonic() + self.patience_seconds
        try:
            yield
        finally:
            self.waits_until = None


class PatientCursor(extensions.cursor):
    """A cursor of such a connection."""

    def execute(self, query: Any, vars: Any = None) -> None:  # noqa: A002 - psycopg2's name
        """See psycopg2."""
        with cast("PatientConnection", self.connection).waiting():
            super().execute(query, vars)

    def executemany(self, query: Any, vars_list: Any) -> None:
        """See psycopg2; its many statements share one patience."""
        with cast("PatientConnection", self.connection).waiting():
            super().executemany(query, vars_list)


def patient(patience_seconds: float) -> Callable[..., PatientConnection]:
    """A ``connection_factory`` for psycopg2."""

    def connected(dsn: str, **kwargs: Any) -> PatientConnection:
        connection = PatientConnection(dsn, **kwargs)
        connection.patience_seconds = patience_seconds
        _WATCH.over(connection)
        return connection

    return connected


class _Watch:
    """The one thread of a process that looks after all its connections."""

    def __init__(self) -> None:
        self._connections: weakref.WeakSet[PatientConnection] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._process: int | None = None

    def over(self, connection: PatientConnection) -> None:
        with self._lock:
            self._connections.add(connection)
            # A forked process has the connections' objects and not this thread.
            if self._process != os.getpid():
                self._process = os.getpid()
                threading.Thread(target=self._look, name="database-patience", daemon=True).start()

    def _look(self) -> None:
        while True:
            time.sleep(LOOKS_EVERY_SECONDS)
            with self._lock:
                connections = list(self._connections)
            for connection in connections:
                until = connection.waits_until
                if until is not None and time.monotonic() > until:
                    connection.waits_until = None
                    _break(connection)


def _break(connection: PatientConnection) -> None:
    # Whatever is wrong with the socket: the connection is broken then, which is what was wanted.
    with contextlib.suppress(Exception):
        copy = socket.socket(fileno=os.dup(connection.fileno()))
        try:
            copy.shutdown(socket.SHUT_RDWR)
        finally:
            copy.close()


_WATCH = _Watch()
