"""Processes of the same work: starting, killing, and what they use of the processor.

What belongs here: pids. What does not: what runs in them.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and of its children that ended; 0 when it is gone, which is once it was waited for."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(value) for value in fields[11:15]) / _TICKS


def cpu_of_tree(pid: int) -> float:
    """The same of a process and its living children."""
    with contextlib.suppress(OSError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return cpu_seconds(pid) + sum(cpu_of_tree(int(child)) for child in children)
    return 0.0


def ended(process: subprocess.Popen[str]) -> bool:
    """Whether it has ended, without taking leave of it: ``poll`` does, and then nobody can tell what it used."""
    try:
        return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True


def machine_busy() -> float:
    """Processor seconds that anything on this machine has used."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    return (sum(int(value) for value in fields[:3]) + sum(int(value) for value in fields[5:8])) / _TICKS


@contextlib.contextmanager
def running(
    module: str, arguments: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> Generator[subprocess.Popen[str]]:
    """``python -m module`` in a process group of its own while the block lasts; its first lines can be read from stdout."""
    with log.open("a") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=dict(environment) if environment is not None else None,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[str]) -> None:
    """SIGKILL to the whole group; nothing for one that ended."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for(path: Path, process: subprocess.Popen[str], seconds: float = 90) -> None:
    """Wait until ``path`` is there. Raises SystemExit when the process ends first."""
    end = time.monotonic() + seconds
    while not path.exists():
        if process.poll() is not None or time.monotonic() > end:
            raise SystemExit(f"the worker did not become ready (exit {process.poll()})")
        time.sleep(0.01)
