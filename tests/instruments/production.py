"""The production profile with real processes: PostgreSQL, Valkey, warm Celery workers, started by the shipped commands.

What belongs here: what differs from the local deployment. What does not: what a test expects of it.
"""

from __future__ import annotations

import os
import socket
import sys
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import dagster as dg
import yaml
from celery import Celery

from tests.instruments.deployment import ROOT, Deployment
from tests.instruments.graphql import GraphQL
from tests.instruments.processes import Supervised, until
from tests.instruments.servers import PostgresServer, ValkeyServer, free_port

PROFILE = ROOT / "deploy" / "production"
PROCESSES = ("code", "daemon", "web", "viewer", "live", "backfill")


@dataclass
class ProductionDeployment(Deployment):
    """``dagster`` replaces sections of the shipped dagster.yaml; everything else is as shipped."""

    postgres: PostgresServer = field(kw_only=True)
    valkey: ValkeyServer = field(kw_only=True)
    wanted: tuple[str, ...] = ("code", "daemon", "web", "live", "backfill")

    def __post_init__(self) -> None:
        """Write DAGSTER_HOME; nothing is started yet."""
        self.web_port, self.code_port, self.viewer_port = free_port(), free_port(), free_port()
        self.graphql = GraphQL(f"http://127.0.0.1:{self.web_port}")
        (self.home / "dagster").mkdir(parents=True, exist_ok=True)
        shipped: dict[str, Any] = yaml.safe_load((PROFILE / "dagster.yaml").read_text())
        (self.home / "dagster" / "dagster.yaml").write_text(yaml.safe_dump({**shipped, **self.dagster}))
        (self.home / "calls.log").touch()
        for name in PROCESSES:
            ports = {"web": self.web_port, "viewer": self.viewer_port}
            environment = {**self.environment, "PORT": str(ports.get(name, 0))}
            command = [str(PROFILE / "start"), name]
            self.processes[name] = Supervised(name, command, environment, ROOT, self.home / f"{name}.log")

    @property
    def environment(self) -> dict[str, str]:
        """What an operator would put into the environment file."""
        return {
            **super().environment,
            "ARTIFACTS_PYTHON": sys.executable,
            "ARTIFACTS_DEFINITIONS": str(self.definitions),
            "ARTIFACTS_DATABASE_URL": self.postgres.url("artifacts"),
            "ARTIFACTS_RECORDS_URL": self.postgres.url("records"),
            "ARTIFACTS_STORE": f"file://{self.home / 'store'}",
            "ARTIFACTS_BROKER_URL": self.valkey.url,
            "ARTIFACTS_CODE_PORT": str(self.code_port),
            "DAGSTER_POSTGRES_URL": self.postgres.url("dagster", "+psycopg2"),
        }

    def start(self, *names: str) -> None:
        """Start the named processes, or those wanted, and wait until they answer and are warm."""
        super().start(*(names or self.wanted))
        for queue in {"live", "backfill"} & set(names or self.wanted):
            until(lambda queue=queue: self.is_warm(queue), f"worker {queue} to be warm", 120)

    def is_warm(self, queue: str) -> bool:
        """Whether a worker waits for runs of ``queue``. Its processes have imported everything by then."""
        name = f"{queue}@{socket.gethostname()}"
        control = cast("Any", Celery(broker=self.valkey.url).control)  # untyped
        return bool(control.ping(destination=[name], timeout=1.0))

    def stop(self) -> None:
        """End everything, and the servers."""
        for name in reversed(PROCESSES):
            self.processes[name].stop()
        self.valkey.stop()
        self.postgres.stop()

    @contextmanager
    def instance(self) -> Generator[dg.DagsterInstance]:
        """The deployment's Dagster instance, opened by this process."""
        with _environment(self.environment), dg.DagsterInstance.from_config(str(self.home / "dagster")) as instance:
            yield instance


@contextmanager
def running_production(home: Path, **options: Any) -> Generator[ProductionDeployment]:
    """A deployment for as long as the block runs; no process is left afterwards."""
    # Not pytest's own folder: PostgreSQL's user must be able to reach it.
    with tempfile.TemporaryDirectory(prefix="prod-", ignore_cleanup_errors=True) as folder:
        postgres = PostgresServer(Path(folder))
        valkey = ValkeyServer(Path(folder))
        deployment = ProductionDeployment(home, postgres=postgres, valkey=valkey, **options)
        try:
            deployment.start()
            yield deployment
        finally:
            deployment.stop()


@contextmanager
def _environment(values: Mapping[str, str]) -> Generator[None]:
    """The names that dagster.yaml reads, in this process."""
    before = {name: os.environ.get(name) for name in ("DAGSTER_POSTGRES_URL", "ARTIFACTS_BROKER_URL")}
    os.environ.update({name: values[name] for name in before})
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
