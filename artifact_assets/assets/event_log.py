"""Writing events to Dagster from a thread of its own.

What belongs here: the queue between a walk and Dagster's event log. What does not: what the events say (see ``events``).

The ledger is committed first; then, on this thread, the events are logged, because each one is a synchronous database
write that would stall every meeting on the event loop, and because a slow event log must not hold up the ledger either.
What was logged is told to the ledger in groups, once the event log holds it for certain; after a crash in between the
successor logs it again.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import dagster as dg

from artifact_assets.assets.events import events_of, undelivered
from artifact_assets.domain.records import Checkpoint, Json
from artifact_assets.domain.states import Stage
from artifact_assets.stages.result import MeetingResult

Event = dg.AssetMaterialization | dg.AssetCheckEvaluation
Item = tuple[Checkpoint, bool] | MeetingResult
MOST_IN_A_GROUP = 200
LINGER_SECONDS = 0.2
"""How long a group waits for more: each costs a commit in the event log and one in the ledger."""


def _written_already() -> None:
    return


@dataclass
class EventLog:
    """Logs the events of finished stages with ``log_event``; ``logged`` is told which checkpoints are through.

    ``flush`` returns when what was logged is stored; event storages that write in groups hold events back for a moment.
    ``more_of`` gives further metadata of a stage: its trace, and words of the meeting where the configuration allows them.
    """

    log_event: Callable[[Event], None]
    stages: frozenset[Stage]
    checks: frozenset[str]
    logged: Callable[[list[Checkpoint]], None]
    more_of: Callable[[Checkpoint], Json | None] = lambda _: None
    flush: Callable[[], None] = _written_already
    _queue: queue.SimpleQueue[Item | None] = field(default_factory=queue.SimpleQueue[Item | None])
    _error: BaseException | None = None

    def start(self) -> None:
        """Start the thread."""
        self._thread = threading.Thread(target=self._run, name="dagster-events", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Wait until everything is logged. Raises the first error met; what came after it stays pending in the ledger."""
        self._queue.put(None)
        self._thread.join()
        if self._error is not None:
            raise self._error

    def __call__(self, checkpoint: Checkpoint, *, reused: bool) -> None:
        """Take a finished stage; returns at once."""
        self._queue.put((checkpoint, reused))

    def stopped(self, result: MeetingResult) -> None:
        """Take a meeting that did not get through: its delivery check turns red with the class of the failure."""
        if "delivered_once" in self.checks:
            self._queue.put(result)

    def _run(self) -> None:
        closing = False
        while not closing:
            group: list[Checkpoint] = []
            until: float | None = None
            while len(group) < MOST_IN_A_GROUP:
                try:
                    item = self._queue.get(timeout=None if until is None else max(0.0, until - time.monotonic()))
                except queue.Empty:
                    break
                if item is None:
                    closing = True
                    break
                if self._error is None:
                    self._log(item, group)
                until = until or time.monotonic() + LINGER_SECONDS
            self._tell(group)

    def _log(self, item: Item, group: list[Checkpoint]) -> None:
        try:
            if isinstance(item, MeetingResult):
                self.log_event(undelivered(item))
                return
            checkpoint, reused = item
            more = self.more_of(checkpoint)
            for event in events_of(checkpoint, reused=reused, stages=self.stages, checks=self.checks, more=more):
                self.log_event(event)
        except BaseException as error:  # noqa: BLE001 - carried to the run's thread, where it is raised
            self._error = error
        else:
            if checkpoint.stage in self.stages:
                group.append(checkpoint)

    def _tell(self, group: list[Checkpoint]) -> None:
        try:
            self.flush()
            if group:
                self.logged(group)
        except BaseException as error:  # noqa: BLE001 - as above
            self._error = self._error or error
