"""Processes of this machine, by number and age.

What belongs here: telling whether a number still means the same process, and ending it. What does not: which one should end.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

SLACK_SECONDS = 10.0
"""How much younger a process may look than it is: ages are told in whole seconds, and clocks are adjusted."""
_STATE_FIELD = 0
_START_FIELD = 19
"""Places of ``state`` and ``starttime`` behind the command in ``/proc/PID/stat``; proc_pid_stat(5) counts them as 3 and 22."""
_OVER = ("Z", "X")
"""States of a process that ended and whose parent did not ask for its exit code yet."""


def age_seconds(pid: int) -> float | None:
    """How long the process runs already; None when there is none or nobody can tell."""
    try:
        ticks = int(_stat(pid)[_START_FIELD])
        return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return _age_by_ps(pid)


def is_over(pid: int) -> bool:
    """Whether no process of this number can still do anything.

    One that was killed keeps its number until its parent asks for it; below a container's first process that may be never.
    Its age is not looked at: clocks jump, and taking a living process for a dead one would be worse than waiting.
    """
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    try:
        return _stat(pid)[_STATE_FIELD] in _OVER
    except (OSError, IndexError):
        return False


def end(pid: int, started_before: float) -> bool:
    """Kill the process if it has run since ``started_before`` (seconds since 1970); False when it is another one or gone.

    A stopped process hears nothing but SIGKILL.
    """
    age = age_seconds(pid)
    if pid == os.getpid() or age is None or age + SLACK_SECONDS < time.time() - started_before:
        return False
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _stat(pid: int) -> list[str]:
    """What the kernel tells of a process behind its command, which may hold blanks and brackets itself."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _age_by_ps(pid: int) -> float | None:
    """There is no /proc on macOS; POSIX has ``etime`` as [[days-]hours:]minutes:seconds."""
    try:
        command = ["ps", "-o", "etime=", "-p", str(pid)]
        told = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - a number of ours
        days, _, rest = told.stdout.strip().rpartition("-")
        seconds = 0
        for part in rest.split(":"):
            seconds = seconds * 60 + int(part)
        return float(int(days or 0) * 86_400 + seconds)
    except (OSError, ValueError):
        return None
