"""Faults of a deployment, and the deployment they befall: the local profile as shipped, with far sides that survive.

What belongs here: ways to take something away and give it back. What does not: counting what it cost (see ``recovery``).

Model and destination are scripted servers of the process that asks for the fault, so that what they were asked to do stays
counted whatever happens to the deployment.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from tests.extraction.model.desk import form, item, words_of
from tests.fakes.hubspot import FakeHubSpot
from tests.fakes.openai_server import FakeOpenAI, Outcome, completion, error
from tests.fakes.vendor_server import Answer, serving
from tests.instruments.deployment import ROOT, Deployment
from tests.instruments.processes import until

MODEL_SECONDS = 1.0
OUTAGE_SECONDS = 60.0
STARTED_AGAIN_AFTER = 1.0
DISK = "48m"
MONITORING = {"enabled": True, "start_timeout_seconds": 180, "max_runtime_seconds": 7200, "poll_interval_seconds": 10}
"""As shipped, but asked three times as often."""


@dataclass
class FarSides:
    """The model and the destination. Each can be taken away; what they were asked to do stays counted."""

    model: FakeOpenAI
    crm: FakeHubSpot
    model_down: bool = False
    quota_until: float = 0.0

    def answer(self, body: dict[str, Any]) -> Outcome:
        """What the model makes of a meeting: the one task in it."""
        if self.model_down:
            return error(503)
        name = re.findall(r"quote for (\S+) to Carla", words_of(body))[0]
        quote = f"I'll send the revised quote for {name} to Carla by Friday."
        return completion(
            form(item(f"Send the revised quote for {name} to Carla", quote, 1, owner="Ben")), delay=MODEL_SECONDS
        )

    def tasks(self) -> Counter[str]:
        """Tasks at the destination by the meeting they come from."""
        rows = list(self.crm.objects["tasks"].values())
        return Counter(re.findall(r"quote for (\S+) to", str(row["properties"]["hs_task_subject"]))[0] for row in rows)


@dataclass
class Recovering(Deployment):
    """The local profile with those far sides. ``shift`` moves the clock of what is started from then on."""

    model_url: str = ""
    shift: timedelta | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What an operator would set."""
        told = {k: v for k, v in super().environment.items() if k != "ARTIFACTS_NOW"}
        told |= {
            "ARTIFACTS_LLM_BASE_URL": self.model_url,
            "ARTIFACTS_LLM_MODEL": "fake",
            "OPENAI_API_KEY": "k",
            "CRM_TOKEN": "t",
        }
        if self.shift is not None:
            told["ARTIFACTS_NOW"] = f"{self.shift.total_seconds():+.0f}"
        return told

    def restart(self, name: str) -> None:
        """SIGKILL, and what a supervisor does next."""
        process = self.processes[name]
        process.kill()
        time.sleep(STARTED_AGAIN_AFTER)
        process.environment = self.environment
        process.start()

    def supervise(self) -> None:
        """Start again what ended by itself."""
        for process in self.processes.values():
            if not process.lives():
                process.start()


Fault = Callable[[Recovering, FarSides, Path], None]


def _worker(deployment: Recovering, _: FarSides, __: Path) -> None:
    until(lambda: deployment.kill_workers() > 0, "a run worker to kill", 60)


def _paused(deployment: Recovering, _: FarSides, __: Path) -> None:
    """Stopped and never resumed, as a process that swaps or hangs in the kernel: it lives and does nothing."""
    for pid in deployment.workers():
        os.kill(pid, signal.SIGSTOP)


def _model(_: Recovering, far: FarSides, __: Path) -> None:
    far.model_down = True
    time.sleep(OUTAGE_SECONDS)
    far.model_down = False


def _destination(_: Recovering, far: FarSides, __: Path) -> None:
    far.crm.fail("lost", times=2)
    far.crm.fail("answer", times=10**6, answer=Answer(503, {"message": "down"}), writes_only=False)
    time.sleep(OUTAGE_SECONDS)
    far.crm.faults.clear()


def _quota(_: Recovering, far: FarSides, __: Path) -> None:
    """Used up, told to come back in a minute; the quota's day ends by itself."""
    daily = Answer(429, {"policyName": "DAILY", "message": "daily limit"}, {"retry-after": str(int(OUTAGE_SECONDS))})
    far.crm.fail("answer", times=10**6, answer=daily, writes_only=False)
    time.sleep(OUTAGE_SECONDS)
    far.crm.faults.clear()


def _disk(deployment: Recovering, _: FarSides, __: Path) -> None:
    """Every byte of the disk with ledger, store and Dagster's storage taken, given back after half a minute."""
    ballast = deployment.home / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    time.sleep(OUTAGE_SECONDS / 2)
    ballast.unlink()


def _clock(hours: int) -> Fault:
    def jump(deployment: Recovering, _: FarSides, __: Path) -> None:
        deployment.shift = timedelta(hours=hours)
        deployment.restart("code")

    return jump


FAULTS: Mapping[str, Fault] = {
    "run worker killed": _worker,
    "run worker hangs": _paused,
    "daemon killed": lambda deployment, _, __: deployment.restart("daemon"),
    "web server killed": lambda deployment, _, __: deployment.restart("web"),
    "model away for a minute": _model,
    "destination away for a minute": _destination,
    "daily quota used up": _quota,
    "disk full for half a minute": _disk,
    "code server killed": lambda deployment, _, __: deployment.restart("code"),
    "clock an hour ahead": _clock(1),
    "clock an hour back": _clock(-1),
}


@contextlib.contextmanager
def recovering() -> Generator[tuple[Recovering, FarSides]]:
    """The deployment and its far sides; its home lies on a small tmpfs where that can be mounted."""
    crm = FakeHubSpot(time.monotonic)
    os.environ["CRM_TOKEN"] = "t"  # looking into the deployment opens its destinations too
    far: list[FarSides] = []

    def answer(body: dict[str, Any]) -> Outcome:
        return far[0].answer(body)

    with (
        tempfile.TemporaryDirectory(prefix="recovery-", ignore_cleanup_errors=True) as folder,
        _small_disk(Path(folder)),
        serving(crm),
        FakeOpenAI(answer) as model,
    ):
        far.append(FarSides(model, crm))
        crm.add("deals", "7", dealname="Renewal")
        home = Path(folder)
        (home / "artifacts.yaml").write_text(yaml.safe_dump(_configuration(crm.url)))
        monitoring = {"run_monitoring": MONITORING, "run_coordinator": _shipped()["run_coordinator"]}
        deployment = Recovering(
            home, dagster=monitoring, definitions=ROOT / "artifact_assets" / "definitions.py", model_url=model.base_url
        )
        try:
            deployment.start()
            yield deployment, far[0]
        finally:
            deployment.stop()


def _configuration(crm_url: str) -> dict[str, Any]:
    return {
        "own_domains": ["ours.example.com"],
        # Leases of a third of the usual, so that a hung worker is found in a third of the time.
        "walk": {"concurrency": 3, "held_wait_seconds": 60, "lease_seconds": 20},
        "destinations": {"crm": {"vendor": "hubspot", "secret": "CRM_TOKEN", "base_url": crm_url}},
        "routes": [{"name": "all", "to": ["crm"], "mode": "deliver", "when": {"titles": ["renewal"]}}],
    }


def _shipped() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "deploy/local/dagster.yaml").read_text())
    return loaded


@contextlib.contextmanager
def _small_disk(folder: Path) -> Generator[None]:
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if mounted.returncode == 0:
        (folder / "on-tmpfs").touch()
    try:
        yield
    finally:
        if mounted.returncode == 0:
            subprocess.run(["umount", "-l", str(folder)], check=False)
