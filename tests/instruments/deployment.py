"""A whole deployment with real processes: code server, daemon and web server on loopback.

What belongs here: starting, killing, restarting and asking it. What does not: what a test expects of it. This is the kill
harness: each process can be killed and started again, and run workers can be found and killed.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections import Counter
from collections.abc import Coroutine, Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import dagster as dg
import yaml

from artifact_assets.configuration.settings import Settings
from artifact_assets.domain.ports import Clock
from artifact_assets.domain.records import Meeting
from artifact_assets.partitions import register
from artifact_assets.stages.arrival import notice
from artifact_assets.stages.walk import process_of
from artifact_assets.wiring import open_equipment
from resources.destinations.record_store import RecordStore
from tests.instruments.graphql import GraphQL
from tests.instruments.processes import Supervised, alive, until

T = TypeVar("T")

ROOT = Path(__file__).resolve().parent.parent.parent
LOCATION = "meeting_artifacts"
START_SECONDS = 120.0
FAST = {
    "run_coordinator": {
        "module": "artifact_assets.lanes",
        "class": "LanesRunCoordinator",
        "config": {"dequeue_interval_seconds": 1},
    },
    "run_monitoring": {"enabled": True, "poll_interval_seconds": 2, "max_runtime_seconds": 600},
    "run_retries": {"enabled": True, "max_retries": 3, "retry_on_asset_or_op_failure": False},
}


@dataclass
class Deployment:
    """The processes and their home. ``extraction_seconds`` is how long each extraction takes; ``variables`` are told too."""

    home: Path
    extraction_seconds: float = 0.0
    dagster: Mapping[str, object] = field(default_factory=dict[str, object])
    definitions: Path = Path(__file__).with_name("slow_definitions.py")
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    processes: dict[str, Supervised] = field(default_factory=dict[str, Supervised])

    def __post_init__(self) -> None:
        self.web_port, self.code_port = _free_port(), _free_port()
        self.graphql = GraphQL(f"http://127.0.0.1:{self.web_port}")
        dagster_home = self.home / "dagster"
        dagster_home.mkdir(parents=True, exist_ok=True)
        local: dict[str, object] = yaml.safe_load((ROOT / "deploy/local/dagster.yaml").read_text())
        merged = {key: value for key, value in {**local, **FAST, **self.dagster}.items() if value is not None}
        (dagster_home / "dagster.yaml").write_text(yaml.safe_dump(merged))
        (self.home / "workspace.yaml").write_text(
            yaml.safe_dump(
                {
                    "load_from": [
                        {"grpc_server": {"host": "127.0.0.1", "port": self.code_port, "location_name": LOCATION}}
                    ]
                }
            )
        )
        (self.home / "calls.log").touch()
        workspace = str(self.home / "workspace.yaml")
        self._add("code", "dagster", "code-server", "start", "-f", str(self.definitions), "-d", str(ROOT),
                  "-h", "127.0.0.1", "-p", str(self.code_port), "--heartbeat-timeout", "600")  # fmt: skip
        self._add("daemon", "dagster._daemon", "run", "-w", workspace)
        self._add("web", "dagster_webserver", "-h", "127.0.0.1", "-p", str(self.web_port), "-w", workspace)

    @property
    def environment(self) -> dict[str, str]:
        """What the processes are told; nothing of the user's own deployment."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("ARTIFACTS_", "DAGSTER_", "OPENAI_"))}
        return {
            **kept,
            "ARTIFACTS_HOME": str(self.home),
            "ARTIFACTS_NOW": "2026-11-17T12:00:00+00:00",
            "DAGSTER_HOME": str(self.home / "dagster"),
            **(
                {"ARTIFACTS_CONFIG": str(self.home / "artifacts.yaml")}
                if (self.home / "artifacts.yaml").exists()
                else {}
            ),
            "TEST_EXTRACTION_SECONDS": str(self.extraction_seconds),
            **self.variables,
        }

    def _add(self, name: str, module: str, *arguments: str) -> None:
        self.processes[name] = Supervised(
            name, [sys.executable, "-m", module, *arguments], self.environment, ROOT, self.home / f"{name}.log"
        )

    def start(self, *names: str) -> None:
        """Start the named processes, or all, and wait until they answer."""
        chosen = names or tuple(self.processes)
        # Made by one process before the others look: several at once would each stamp Dagster's schema version.
        with self.instance() as instance:
            instance.get_run_records(limit=1)
        for name in chosen:
            self.processes[name].start()
            if name == "code":
                until(lambda: _answers(self.code_port), "the code server", START_SECONDS)
        if "web" in chosen:
            until(self.graphql.loaded, "the web server to load the code location", START_SECONDS)

    def stop(self) -> None:
        """End everything, and every run worker that was left."""
        for name in ("daemon", "web", "code"):
            self.processes[name].stop()
        for pid in self.workers():
            os.kill(pid, signal.SIGKILL)

    def settings(self) -> Settings:
        """Settings of the deployment, for looking into its parts."""
        return Settings.from_environment(self.environment)

    @contextmanager
    def instance(self) -> Generator[dg.DagsterInstance]:
        """The deployment's Dagster instance, opened by this process."""
        with dg.DagsterInstance.from_config(str(self.home / "dagster")) as instance:
            yield instance

    def receive(self, paths: Sequence[Path]) -> list[str]:
        """Take files into the ledger and the partition set, as the arrivals sensor does; requests no run."""
        with open_equipment(self.settings()) as equipment, self.instance() as instance:
            keys: list[str] = []
            for path in paths:
                arrival = answered(
                    notice(equipment.sources, equipment.configuration, str(path), path.name, _sidecar(path))
                )
                answered(equipment.ledger.receive(arrival, equipment.clock.now()))
                keys.append(arrival.meeting_id)
            register(instance, equipment.ledger, keys)
        return keys

    def meetings(self) -> dict[str, Meeting]:
        """The ledger's meetings."""
        with open_equipment(self.settings()) as equipment:
            return {m.meeting_id: m for m in answered(equipment.ledger.meetings())}

    def written(self) -> Counter[str]:
        """Titles of tasks and bodies of notes at the far side, counted: what stands there twice was doubled."""
        with open_equipment(self.settings()) as equipment:
            records = equipment.destinations["records"]
            assert isinstance(records, RecordStore)
            tasks, notes = answered(records.list_records("task")), answered(records.list_records("note"))
        return Counter([*(f"{r.fields.get('title')}" for r in tasks), *(f"{r.fields.get('body')}" for r in notes)])

    def calls(self) -> Counter[str]:
        """Extractions begun and answered: ``begin DIGEST`` and ``answer DIGEST``."""
        return Counter((self.home / "calls.log").read_text().splitlines())

    def workers(self) -> list[int]:
        """Process ids of run workers: whoever holds a meeting's lease and lives."""
        owners = {m.lease_owner for m in self.meetings().values() if m.lease_owner is not None}
        return sorted({pid for _, pid in map(process_of, owners) if pid != os.getpid() and alive(pid)})

    def kill_workers(self) -> int:
        """SIGKILL every run worker that holds a meeting; returns how many there were."""
        found = self.workers()
        for pid in found:
            os.kill(pid, signal.SIGKILL)
        return len(found)


@contextmanager
def running(home: Path, **options: object) -> Generator[Deployment]:
    """A deployment for as long as the block runs; no process is left afterwards."""
    deployment = Deployment(home, **options)  # type: ignore[arg-type]
    try:
        deployment.start()
        yield deployment
    finally:
        deployment.stop()


def clock_of(deployment: Deployment) -> Clock:
    """The clock the deployment judges by."""
    with open_equipment(deployment.settings()) as equipment:
        return equipment.clock


def answered(question: Coroutine[Any, Any, T]) -> T:
    """The answer of a coroutine, from a thread of its own: a browser's driver keeps a loop running in the test's."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, question).result()


def _sidecar(path: Path) -> str | None:
    beside = path.with_name(path.stem + ".meta.json")
    return str(beside) if beside.exists() else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
