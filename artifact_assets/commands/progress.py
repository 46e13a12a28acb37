"""A progress bar for anything that takes longer than a person's patience.

What belongs here: the bar. What does not: the work.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Generator
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

PATIENCE_SECONDS = 2.0


@dataclass
class Bar:
    """Counts finished pieces of work; shown after two seconds, on a terminal only."""

    what: str
    total: int
    _done: int = 0
    _shown: Progress | None = None
    _over: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def advance(self) -> None:
        """One more is finished."""
        with self._lock:
            self._done += 1
            if self._shown is not None:
                self._shown.update(self._shown.task_ids[0], completed=self._done)

    def expect(self, total: int) -> None:
        """There are ``total`` pieces of work after all."""
        with self._lock:
            self.total = total
            if self._shown is not None:
                self._shown.update(self._shown.task_ids[0], total=total)

    def restart(self) -> None:
        """Another kind of work begins: count from nothing."""
        with self._lock:
            self._done = 0
            if self._shown is not None:
                self._shown.reset(self._shown.task_ids[0])

    def show(self) -> None:
        """Put the bar on stderr."""
        with self._lock:
            if self._over:
                return
            self._shown = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._shown.add_task(self.what, total=self.total, completed=self._done)
            self._shown.start()

    def hide(self) -> None:
        """Take the bar away for good."""
        with self._lock:
            self._over = True
            if self._shown is not None:
                self._shown.stop()


@contextlib.contextmanager
def progress(what: str, total: int) -> Generator[Bar]:
    """A bar for ``total`` pieces of work, shown on a terminal when they take more than two seconds."""
    bar = Bar(what, total)
    timer = threading.Timer(PATIENCE_SECONDS, bar.show)
    if sys.stderr.isatty():
        timer.daemon = True
        timer.start()
    try:
        yield bar
    finally:
        timer.cancel()
        bar.hide()
