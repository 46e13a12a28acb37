"""Ending a process whose event loop no longer turns.

What belongs here: noticing that from outside the interpreter. What does not: who is to blame (see ``suspects``) and starting
the run again (Dagster does).

No deadline reaches code that never gives the loop its turn: a loop that computes, a regular expression that backtracks, a
library call that hangs. The watchdog is a thread of the interpreter's own that needs no interpreter lock, so it works even
against code that never lets go of it. It writes where every thread stood, file and line only, to the process's standard
error, and ends the process. Rejected: a watching thread of Python, which such code keeps from running; a watching process,
one more to start and to lose per run; a signal, whose handler needs the same lock.
"""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
from collections.abc import AsyncGenerator

STANDARD_ERROR = 2
BEATS = 4
"""How often within the limit the loop shows that it turns."""


@contextlib.asynccontextmanager
async def turning(stuck_seconds: float) -> AsyncGenerator[None]:
    """End this process when its event loop stands still for ``stuck_seconds`` within the block."""

    async def beat() -> None:
        while True:
            faulthandler.dump_traceback_later(stuck_seconds, exit=True, file=STANDARD_ERROR)
            await asyncio.sleep(stuck_seconds / BEATS)

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        faulthandler.cancel_dump_traceback_later()
