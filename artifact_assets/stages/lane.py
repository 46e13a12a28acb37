"""The writes of one destination, worked off by so many at a time.

What belongs here: the queue and its workers. What does not: which writes come into it (see ``draining``).
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from artifact_assets.domain.records import Intent
from artifact_assets.stages.delivery import Delivery


@dataclass
class Drained:
    """How a drain went: writes by the state they ended in, and the meetings that may go on now."""

    states: Counter[str] = field(default_factory=Counter[str])
    meetings: set[str] = field(default_factory=set[str])


@dataclass
class Lane:
    """Sets ``short`` when its queue falls to ``low``, and when it is through. Stop it."""

    delivery: Delivery
    workers: int
    drained: Drained
    short: asyncio.Event
    low: int = field(init=False)
    _waiting: deque[Intent] = field(default_factory=deque[Intent])
    _working: set[asyncio.Task[None]] = field(default_factory=set["asyncio.Task[None]"])
    _error: BaseException | None = None

    def __post_init__(self) -> None:
        self.low = 2 * self.workers

    @property
    def working(self) -> bool:
        """Whether any of it is still to be done."""
        return bool(self._working)

    def add(self, intents: Iterable[Intent], rows: Iterable[Intent]) -> None:
        """Have more worked off, in this order. ``rows`` are all writes of their meetings, which decide what is overwritten."""
        self.delivery.learn(rows)
        self._waiting.extend(intents)
        self.low = 2 * self.workers
        for _ in range(min(self.workers, len(self._waiting)) - len(self._working)):
            task = asyncio.create_task(self._work())
            self._working.add(task)
            task.add_done_callback(self._done)

    def raise_error(self) -> None:
        """Raise what a worker died of."""
        if self._error is not None:
            raise self._error

    async def stop(self) -> None:
        """End the workers."""
        for task in tuple(self._working):
            task.cancel()
        await asyncio.gather(*self._working, return_exceptions=True)

    async def _work(self) -> None:
        while self._waiting:
            intent = self._waiting.popleft()
            if len(self._waiting) == self.low and self.low:
                self.short.set()
            await self.delivery.advance(intent)
            known = self.delivery.known.get(intent.intent_key, intent)
            self.drained.states[known.state.value] += 1
            self.drained.meetings.add(intent.meeting_id)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._working.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._error = self._error or error
            self.short.set()
        if not self._working:
            self.short.set()
