"""The machine's clock.

What belongs here: time, waiting and chance as they are. What does not: deciding anything by them.
"""

from __future__ import annotations

import asyncio
import random
import time
from datetime import UTC, datetime, timedelta


class SystemClock:
    """``Clock`` of the machine this runs on."""

    def now(self) -> datetime:
        """The current time in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)

    def random(self) -> float:
        """A number in 0..1, for jitter."""
        return random.random()  # noqa: S311 - spreads retries; nothing secret depends on it


class ShiftedClock(SystemClock):
    """The machine's clock moved by ``shift``, for demonstrations of past meetings. Waiting is real."""

    def __init__(self, shift: timedelta) -> None:
        self._shift = shift

    def now(self) -> datetime:
        """The current time plus the shift, in UTC."""
        return super().now() + self._shift
