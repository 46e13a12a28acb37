"""Whether a process can still do anything."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from resources.processes import is_over
from tests.instruments.processes import until


def test_a_process_that_is_stopped_may_go_on_and_one_that_was_killed_may_not_although_nobody_asked_for_it() -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as process:
        os.kill(process.pid, signal.SIGSTOP)
        assert not is_over(process.pid)
        process.kill()
        if Path("/proc/self/stat").exists():
            until(lambda: is_over(process.pid), "the process to be dead, with its number still taken", 30)
            os.kill(process.pid, 0)
        process.wait()
        assert is_over(process.pid)


def test_other_peoples_processes_live(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", forbidden)
    assert not is_over(1)
