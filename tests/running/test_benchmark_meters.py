"""What the benchmarks' meters tell of processes that have ended."""

from __future__ import annotations

import subprocess
import sys
import time

from benchmarks.same_work.processes import cpu_of_tree, ended

BURN = "import time\nwhile time.process_time() < 0.3: pass\n"
PARENT = f"{BURN}import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BURN!r}], check=True)"


def test_what_a_process_and_its_children_used_is_known_after_their_end_until_someone_waits_for_them() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], text=True) as process:
        deadline = time.monotonic() + 60
        while not ended(process) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert ended(process)
        assert cpu_of_tree(process.pid) >= 0.55
        assert process.wait() == 0
        assert ended(process)
        assert cpu_of_tree(process.pid) == 0
