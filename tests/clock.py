"""A clock that moves only when a test moves it.

What belongs here: scripted time, waits that end at once and are remembered, chance that is known. What does not:
anything a product run uses.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 11, 17, 12, 0, tzinfo=UTC)


class ScriptedClock:
    """``Clock`` that starts at noon on a Tuesday. ``sleeps`` are the waits asked for, in seconds."""

    def __init__(self, start: datetime = NOON, chance: float = 0.5) -> None:
        self._now = start
        self._chance = chance
        self.sleeps: list[float] = []

    def now(self) -> datetime:
        """The scripted time."""
        return self._now

    def monotonic(self) -> float:
        """Seconds since the scripted start of time."""
        return (self._now - NOON).total_seconds()

    async def sleep(self, seconds: float) -> None:
        """Move on at once."""
        self.sleeps.append(seconds)
        self.forward(seconds)

    def random(self) -> float:
        """The scripted chance."""
        return self._chance

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        self._now += timedelta(seconds=seconds)
