"""How fast and how much one destination may be asked.

What belongs here: requests in flight, requests per second, and the share of the vendor's daily quota that is ours. What
does not: what happens to a write for which there is no quota (see ``stages.gate``).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.refusals import Refusal

Shared = Callable[[], Awaitable[float]]
"""Takes one request from a budget that all processes share: 0 when taken, else seconds to wait before asking again."""
PATIENCE_SECONDS = 10.0
"""Longest wait for the shared budget; a write that waits longer is put off unsent, well inside its own timeout."""


@dataclass(frozen=True)
class Limits:
    """What one destination may be asked.

    ``share`` is the part of the daily quota this program may use up; ``lookup_reserve`` the part of that which only
    look-ups may touch, so that uncertain writes can still be cleared up when the quota is short.

    ``daily_requests`` counts in this process and is for vendors that do not tell what remains.
    """

    in_flight: int = 10
    per_second: float = 8.0
    daily_requests: int | None = None
    share: float = 0.8
    lookup_reserve: float = 0.05


@dataclass
class Budget:
    """The budget of one destination. Lives in the background loop.

    ``limits.per_second`` is kept by each process for itself, and with ``shared`` by all of them together, live ones first.
    """

    name: str
    limits: Limits
    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    shared: Shared | None = None
    _free_at: float = 0.0
    _used: int = 0
    _day: object = None
    _told: tuple[int, int] | None = None
    _gate: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._gate = asyncio.Semaphore(self.limits.in_flight)

    @contextlib.asynccontextmanager
    async def spent(self, *, write: bool) -> AsyncGenerator[None]:
        """Hold a place in flight, after waiting for a turn. Raises Refusal(destination_quota) when the day's is used up."""
        async with self._gate:
            self._within_quota(write=write)
            await self._turn()
            await self._shared_turn()
            self._used += 1
            yield

    def told(self, remaining: int, limit: int) -> None:
        """What the vendor says is left of today's quota."""
        self._new_day()
        self._told = (remaining, limit)

    async def _turn(self) -> None:
        start = max(self._free_at, self.monotonic())
        self._free_at = start + 1 / self.limits.per_second
        wait = start - self.monotonic()
        if wait > 0:
            await self.sleep(wait)

    async def _shared_turn(self) -> None:
        give_up = self.monotonic() + PATIENCE_SECONDS
        while self.shared is not None and (wait := await self.shared()):
            if self.monotonic() + wait > give_up:
                raise Refusal(
                    FailureClass.DESTINATION_RATE_LIMITED,
                    f"Others use all that {self.name} may be asked a second, so nothing was sent.",
                    retry_after=wait,
                    code="own_rate",
                )
            await self.sleep(max(wait, 0.005))

    def _within_quota(self, *, write: bool) -> None:
        self._new_day()
        if self._told is not None:
            used, limit = self._told[1] - self._told[0], self._told[1]
        elif self.limits.daily_requests is not None:
            used, limit = self._used, self.limits.daily_requests
        else:
            return
        ours = limit * self.limits.share * (1 - self.limits.lookup_reserve if write else 1)
        if used < ours:
            return
        now = self.now()
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        raise Refusal(
            FailureClass.DESTINATION_QUOTA,
            f"Our share of the daily quota of {self.name} is used up ({used} of {limit} requests), so nothing was sent.",
            retry_after=(midnight - now).total_seconds(),
            code="own_share",
        )

    def _new_day(self) -> None:
        today = self.now().date()
        if today != self._day:
            self._day, self._used, self._told = today, 0, None
