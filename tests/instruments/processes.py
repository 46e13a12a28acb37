"""Processes that a test starts and surely ends.

What belongs here: groups of processes, killing and waiting. What does not: what the processes are.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Supervised:
    """A process in a group of its own, its output in a file."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    log: Path
    user: str | None = None
    process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        """Start it; it hears SIGINT even when the test runner ignores it."""
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                list(self.command),
                env=dict(self.environment),
                cwd=self.folder,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self.user,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
            )

    def kill(self) -> None:
        """SIGKILL to the whole group, as a power cut would."""
        self.signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait(10)

    def stop(self) -> None:
        """Ask, then make."""
        for wanted, patience in ((signal.SIGTERM, 6.0), (signal.SIGKILL, 5.0)):
            if not self.lives():
                break
            self.signal(wanted)
            with contextlib.suppress(TimeoutError):
                until(lambda: not self.lives(), f"{self.name} to end", patience)

    def signal(self, wanted: signal.Signals) -> None:
        """Send a signal to the group."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, wanted)

    def lives(self) -> bool:
        """Whether anything of its group is still there."""
        if self.process is None:
            return False
        self.process.poll()
        try:
            os.killpg(self.process.pid, 0)
        except (ProcessLookupError, PermissionError):
            return False
        return True


def until(condition: Callable[[], bool], what: str, seconds: float) -> None:
    """Wait for ``condition``. Raises TimeoutError naming ``what`` was waited for."""
    give_up = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > give_up:
            raise TimeoutError(f"waited {seconds:g} s for {what}")
        time.sleep(0.2)


def alive(pid: int) -> bool:
    """Whether a process lives; a zombie does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
