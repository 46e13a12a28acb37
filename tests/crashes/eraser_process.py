"""Processes that erase or remove in a home of their own and are killed at a write point.

What belongs here: what runs in them. What does not: what is expected afterwards (see ``test_erasure_kills``).

Run as ``python -m tests.crashes.eraser_process``: reads one order a line, forks, and tells how each child ended. Forked before
anything is opened, so that no child inherits a lock or a connection.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path

# Imported here, once, so that a child has everything it needs.
from tests.crashes import test_erasure_points, test_retention_points
from tests.crashes.faults import DiesAtCall
from tests.erasure.planted import planted, retaining_of


@dataclass
class _Kills:
    """Instead of an exception: the signal that nobody can handle."""

    at: int
    points: int = 0

    def here(self) -> None:
        """Die at the point."""
        self.points += 1
        if self.points == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


def _killing(faults: type[DiesAtCall], reads: tuple[str, ...], at: int) -> DiesAtCall:
    kills, made = _Kills(at), faults(0)

    def point(name: str) -> None:
        if name.rpartition(".")[2] not in reads:
            kills.here()

    made.point = point
    return made


def work(order: dict[str, object]) -> None:
    """Erase ``m-1``, or make a pass, and die at point ``at``."""
    home, at = Path(str(order["home"])), int(str(order["at"]))
    with planted(home) as deployment:
        if order["what"] == "forget":
            dying = _killing(test_erasure_points.DiesAtWritePoint, test_erasure_points.READS, at)
            assert isinstance(dying, test_erasure_points.DiesAtWritePoint)
            asyncio.run(dying.around(deployment.eraser).erase("m-1", "ops"))
        else:
            faults = _killing(test_retention_points.DiesAtWritePoint, test_retention_points.READS, at)
            assert isinstance(faults, test_retention_points.DiesAtWritePoint)
            work = retaining_of(deployment.world, test_retention_points.POLICY, days=2)
            asyncio.run(faults.around(work).go("pipeline"))


def main() -> None:
    """One child a line; its exit code, or minus the signal that ended it."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                work(json.loads(line))
            except BaseException:  # noqa: BLE001 - whatever happens, a child does not go on as its parent
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(-status if os.WIFSIGNALED(status) else os.WEXITSTATUS(status), flush=True)


if __name__ == "__main__":
    main()
