"""One thread with an event loop that outlives the loops of single runs and commands.

What belongs here: starting it, handing it coroutines, ending it. What does not: HTTP.

Connections belong to the loop they were opened in. Commands and runs each have a loop of their own and end it; connection
pools, rate budgets and tokens are to be shared by all of them.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class BackgroundLoop:
    """Runs coroutines for callers in any loop. Cancelling the caller cancels the coroutine."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._thread.start()

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The outcome of ``work``."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    def close(self, last: Coroutine[Any, Any, None]) -> None:
        """Do ``last``, then end the thread."""
        asyncio.run_coroutine_threadsafe(last, self._loop).result(timeout=10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
