"""Events that wait a moment to be written together.

What belongs here: gathering, and when a group is due. What does not: writing it (see ``statements``) and which events may
wait (see ``storage``).
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from dagster._core.events.log import EventLogEntry


class EventGroup:
    """Gathers events and hands them to ``write`` in their order: when there are many, after a moment, or when asked.

    What could not be written stays, in its place, and the error goes to the next caller: nobody is told that an event is
    stored which is not.
    """

    def __init__(self, write: Callable[[list[EventLogEntry]], None], most: int, seconds: float) -> None:
        """``most`` events are written at once; fewer wait at most ``seconds``. ``write`` takes off the list what is stored."""
        self._write = write
        self._most = most
        self._seconds = seconds
        # Reentrant: writing opens connections, and opening one asks for a flush.
        self._lock = threading.RLock()
        self._events: list[EventLogEntry] = []
        self._writing = False
        self._timer: threading.Timer | None = None

    def add(self, event: EventLogEntry) -> None:
        """Take an event. Raises what writing raises when this one makes the group full."""
        with self._lock:
            self._events.append(event)
            if len(self._events) >= self._most:
                self.flush()
            elif self._timer is None:
                self._timer = threading.Timer(self._seconds, self._due)
                self._timer.daemon = True
                self._timer.start()

    def flush(self) -> None:
        """Write what waits. Waits for a write that is under way; does nothing inside one."""
        if not self._events:
            return
        with self._lock:
            if self._writing or not self._events:
                return
            self._disarm()
            self._writing = True
            try:
                self._write(self._events)
            finally:
                self._writing = False

    def forget(self) -> None:
        """Start empty: in a forked child, whose parent writes what it gathered."""
        self._lock = threading.RLock()
        self._events, self._writing, self._timer = [], False, None

    def _due(self) -> None:
        try:
            with self._lock:
                self._timer = None
                self.flush()
        except Exception:  # noqa: BLE001, S110 - the shell of a thread: the events stay, and whoever comes next hears of it
            pass

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
