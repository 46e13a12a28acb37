"""Threads for calls that may never come back.

What belongs here: running a call off the event loop, giving it up, and going on without its thread. What does not: what is
called.

A thread that hangs in the kernel, or in a loop, cannot be ended from outside. It is abandoned: its place goes to a new one, and
because these are daemon threads, neither the event loop's end nor the interpreter's waits for it, as both do for those of a
``ThreadPoolExecutor``. What an abandoned call still does when it wakes up must therefore be harmless: here it reads, or writes
a document under its own digest.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")

IDLE_SECONDS = 10.0
"""How long a thread without work stays."""


@dataclass
class _Call:
    work: Callable[[], Any]
    future: asyncio.Future[Any]
    started: bool = False
    ended: bool = False
    abandoned: bool = False


class Threads:
    """At most ``most`` threads at work, those that were abandoned not counted."""

    def __init__(self, most: int, name: str) -> None:
        self._most, self._name = most, name
        self._calls = deque[_Call]()
        self._news = threading.Condition()
        self._alive = self._idle = 0

    async def run(self, work: Callable[[], T], seconds: float | None = None) -> T:
        """What ``work`` returns or raises. Raises TimeoutError when that took longer than ``seconds``, waiting included.

        Cancelling gives the call up as well: not yet begun it never is, else its thread is abandoned.
        """
        call = _Call(work, asyncio.get_running_loop().create_future())
        with self._news:
            self._calls.append(call)
            self._serve()
        try:
            async with asyncio.timeout(seconds):
                return await call.future
        finally:
            self._give_up(call)

    def _serve(self) -> None:
        """Wake a thread for the newest call, or start one. Called with the lock held."""
        if self._idle >= len(self._calls):
            self._news.notify()
        elif self._alive < self._most:
            self._alive += 1
            threading.Thread(target=self._work, name=self._name, daemon=True).start()

    def _give_up(self, call: _Call) -> None:
        with self._news:
            if call.ended or call.abandoned:
                return
            call.abandoned = True
            if call.started:
                self._alive -= 1
                if self._calls:
                    self._serve()

    def _work(self) -> None:
        while (call := self._next()) is not None:
            try:
                outcome, error = call.work(), None
            except BaseException as raised:  # noqa: BLE001 - the shell of a thread: the error is the caller's
                outcome, error = None, raised
            with self._news:
                call.ended = True
                if call.abandoned:
                    return
            # A loop that is closed has nobody waiting any more.
            with contextlib.suppress(RuntimeError):
                call.future.get_loop().call_soon_threadsafe(_answer, call.future, outcome, error)

    def _next(self) -> _Call | None:
        """The next call that is still wanted; None when this thread is to end."""
        with self._news:
            while True:
                while self._calls:
                    call = self._calls.popleft()
                    if not call.abandoned:
                        call.started = True
                        return call
                self._idle += 1
                told = self._news.wait(IDLE_SECONDS)
                self._idle -= 1
                if not told and not self._calls:
                    self._alive -= 1
                    return None


def _answer(future: asyncio.Future[Any], outcome: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(outcome)
