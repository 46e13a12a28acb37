"""Turns of the calls that wait in one process for the same rate budget.

What belongs here: one after the other, live ones apart from a backfill's. What does not: the budget (see ``domain.rates``).

The budget is in the ledger. A hundred meetings that each ask it several times a second cost more than their work; here the
first in line asks for itself, and the others wait behind it without a sound.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

Key = tuple[str, bool]


@dataclass
class Turns:
    """Lines by budget and lane, each of the event loop it is asked in: commands and runs have loops of their own."""

    _lines: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Key, asyncio.Lock]] = field(
        default_factory=WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Key, asyncio.Lock]]
    )

    @contextlib.asynccontextmanager
    async def one(self, name: str, live: bool, patience_seconds: float) -> AsyncGenerator[bool]:
        """The turn at the head of the line; False when it did not come in time."""
        lines = self._lines.setdefault(asyncio.get_running_loop(), {})
        line = lines.setdefault((name, live), asyncio.Lock())
        try:
            async with asyncio.timeout(max(0.0, patience_seconds)):
                await line.acquire()
        except TimeoutError:
            yield False
            return
        try:
            yield True
        finally:
            line.release()
