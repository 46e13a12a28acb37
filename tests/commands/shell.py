"""Running the command line the way a person and a script do, in a home of its own.

What belongs here: starting commands, in a process of their own or in this one, and what they must look like. What does not:
expectations about one command.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from artifact_assets.commands import main

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "artifact_assets")

SPOKEN = "zebrafish"
"""A word that only transcripts hold: seen on stderr, transcript text has leaked."""

MEETING = f"""WEBVTT

00:00:01.000 --> 00:00:05.000
Ada Moor: I will send the {SPOKEN} pricing sheet to Bob by Friday.

00:00:06.000 --> 00:00:10.000
Bob Stone: Great. We decided to go with the annual {SPOKEN} plan.
"""
SIDECAR: Mapping[str, Any] = {"meeting_id": "acme", "started_at": "2026-11-17T10:00:00+01:00", "title": "Acme"}
NOW = "2026-11-17T12:00:00+01:00"


@dataclass(frozen=True)
class Finished:
    """How a command ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """The one JSON value on stdout."""
        return json.loads(self.out)

    def assert_refused(self, failure_class: str, code: int = 2) -> None:
        """One line on stderr with the class, a cause and a remedy; nothing on stdout."""
        assert self.code == code, self
        assert self.out == ""
        assert self.err.count("\n") == 1, self.err
        assert self.err.startswith(f"error[{failure_class}]: "), self.err
        self.assert_discreet()

    def assert_discreet(self) -> None:
        """Neither a traceback nor transcript text."""
        assert "Traceback" not in self.err
        assert SPOKEN not in self.err


@dataclass(frozen=True)
class Shell:
    """Commands in the home ``home``; ``variables`` are added to the environment."""

    home: Path
    capture: pytest.CaptureFixture[str]
    variables: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def environment(self) -> dict[str, str]:
        """What a command sees: nothing of the person's own settings."""
        own = ("ARTIFACTS_", "DAGSTER_", "OPENAI_", "PYTHON")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        return {**kept, "ARTIFACTS_HOME": str(self.home), "ARTIFACTS_NOW": NOW, **self.variables}

    def __call__(self, *arguments: str | Path) -> Finished:
        """Run a command in this process, through the outermost shell."""
        self.capture.readouterr()
        with _ends_restored(self.environment, [str(argument) for argument in arguments]):
            try:
                main.run()
            except SystemExit as end:
                code = end.code
        told = self.capture.readouterr()
        return Finished(code if isinstance(code, int) else -1, told.out, told.err)

    def process(self, *arguments: str | Path) -> Finished:
        """Run a command in a process of its own."""
        done = subprocess.run(
            [*COMMAND, *map(str, arguments)],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        return Finished(done.returncode, done.stdout, done.stderr)


@contextmanager
def _ends_restored(environment: Mapping[str, str], arguments: list[str]) -> Generator[None]:
    """The shell ends a process: what it changes for good is put back."""
    before, argv, interrupt = dict(os.environ), sys.argv, signal.getsignal(signal.SIGINT)
    last_resort = main.logging.lastResort
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["artifact_assets", *arguments]
    try:
        yield
    finally:
        sys.argv = argv
        os.environ.clear()
        os.environ.update(before)
        main.logging.lastResort = last_resort
        signal.signal(signal.SIGINT, interrupt)


def write_meeting(
    folder: Path, name: str = "my.vtt", text: str = MEETING, sidecar: Mapping[str, Any] = SIDECAR
) -> Path:
    """A small meeting with its sidecar."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, "utf-8")
    if sidecar:
        path.with_name(f"{path.stem}.meta.json").write_text(json.dumps(sidecar), "utf-8")
    return path
