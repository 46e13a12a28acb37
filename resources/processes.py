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
_START_FIELD = 19
"""Place of ``starttime`` behind the command in ``/proc/PID/stat``; proc_pid_stat(5) counts it as 22."""


def age_seconds(pid: int) -> float | None:
    """How long the process runs already; None when there is none or nobody can tell."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        ticks = int(stat.read_text().rpartition(")")[2].split()[_START_FIELD])
        return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return _age_by_ps(pid)


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
