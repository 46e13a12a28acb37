"""The one thread of a process that writes to a database, committing in groups.

What belongs here: the queue, group commit, and telling each caller its own outcome. What does not: statements.

A group is whatever was queued while the previous commit ran, so an idle database commits at once and a busy one shares
each fsync among many callers; while it pays, the writer also waits a moment for more. Requests about the same key keep their
order; others may change places, which no caller can notice, because none of them has returned yet.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from artifact_assets.domain.failures import PipelineError
from resources.database.failures import must_try_again
from resources.database.transaction import Operation, Transaction

MAX_GROUP = 64
GATHER_SECONDS = 0.008
"""How long the writer waits for more while many ask at once. A group costs its statements, a commit and the disk once, however
many it holds. A meeting makes some twenty requests one after the other, a write three; 20 ms made writes half as long again."""
WORTH_WAITING = 3
"""A group that was waited for and holds less was not worth it: a few callers only wait for themselves."""
GROUPS_BETWEEN_TRIES = 4
_TRIES = 5


@dataclass
class Job:
    """One caller's request. ``keys`` are what it concerns; ``after`` runs once it is committed.

    ``future`` belongs to the caller's event loop; None when nobody waits.
    """

    operation: Operation[Any, Any]
    request: Any
    keys: tuple[Hashable, ...]
    after: Callable[[], None] | None = None
    future: asyncio.Future[Any] | None = None
    outcome: Any = None


@dataclass
class Batch:
    """Jobs of one operation that concern different keys."""

    operation: Operation[Any, Any]
    jobs: list[Job]

    def run(self, transaction: Transaction) -> None:
        """Fill in the outcomes."""
        outcomes = self.operation(transaction, [job.request for job in self.jobs])
        for job, outcome in zip(self.jobs, outcomes, strict=True):
            job.outcome = outcome


@dataclass
class Gathering:
    """Whether waiting a moment for more jobs pays, learned from the groups so far."""

    pays: bool = False
    untried: int = 0

    def learn(self, size: int) -> None:
        """A group of ``size`` jobs was taken, after waiting if that was said to pay."""
        if self.pays:
            self.pays, self.untried = size >= WORTH_WAITING, 0
        else:
            self.untried += 1
            self.pays = size > 1 and self.untried > GROUPS_BETWEEN_TRIES


class Writer:
    """Owns the writer thread. ``submit`` may be called from any event loop of any thread."""

    def __init__(
        self,
        engine: Engine,
        transaction: Callable[[Connection], Transaction],
        failure: Callable[[SQLAlchemyError, bool], PipelineError],
        name: str,
    ) -> None:
        """``failure`` words a database error; its second argument tells whether the commit was under way."""
        self._engine = engine
        self._failure = failure
        self._transaction = transaction
        self._queue: queue.SimpleQueue[Job | Future[None] | None] = queue.SimpleQueue()
        self._following: list[Job] = []
        self._gathering = Gathering()
        self._late_errors: list[Exception] = []
        self._closed = False
        self.after_group: Callable[[], None] | None = None
        self._thread = threading.Thread(target=self._work, name=f"{name}-writer", daemon=True)
        self._thread.start()

    def submit(
        self,
        operation: Operation[Any, Any],
        request: Any,
        keys: tuple[Hashable, ...] = (),
        after: Callable[[], None] | None = None,
    ) -> asyncio.Future[Any]:
        """Queue a request. The future holds its outcome once committed; an error is the caller's own."""
        if self._closed:
            raise RuntimeError("the database is closed")
        future = asyncio.get_running_loop().create_future()
        self._queue.put(Job(operation, request, keys, after, future))
        return future

    def follow(self, operation: Operation[Any, Any], request: Any, keys: tuple[Hashable, ...]) -> None:
        """Have a request done with the next group. Only for callbacks, which run on the writer thread."""
        self._following.append(Job(operation, request, keys))

    def flushed(self) -> Future[None]:
        """A future that is done once everything queued so far is, callbacks and what follows them included."""
        barrier = Future[None]()
        if self._closed:
            barrier.set_result(None)
        else:
            self._queue.put(barrier)
        return barrier

    def close(self) -> None:
        """Finish what is queued and end the thread."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            self._thread.join()

    def late_errors(self) -> list[Exception]:
        """What ``after`` callbacks raised since this was last asked."""
        errors, self._late_errors = self._late_errors, []
        return errors

    def _work(self) -> None:
        while True:
            stop = self._next_group()
            # What follows a group joins the next one, unless none is waiting.
            while self._following and (stop or self._queue.empty()):
                group, self._following = self._following, []
                self._finish(group)
            if isinstance(stop, Future):
                stop.set_result(None)
            elif stop:
                return

    def _next_group(self) -> Future[None] | bool:
        """Take and finish a group. Returns the barrier that ended it, or whether the database is being closed."""
        group, self._following = self._following, []
        end: Future[None] | bool = False
        while True:
            job = self._queue.get()
            if self._gathering.pays and not group:
                time.sleep(GATHER_SECONDS)
            if not isinstance(job, Job):
                end = True if job is None else job
                break
            if job.future is None or not job.future.cancelled():
                group.append(job)
            if len(group) >= MAX_GROUP or self._queue.empty():
                break
        self._gathering.learn(len(group))
        if group:
            self._finish(group)
        return end

    def _finish(self, group: list[Job]) -> None:
        try:
            self._commit(group)
        except Exception as error:  # noqa: BLE001 - the shell of a thread: it must answer its callers and go on
            self._fail(group, error)
        _answer(group)
        self._call([job.after for job in group if job.after and not isinstance(job.outcome, Exception)])

    def _call(self, callbacks: Sequence[Callable[[], None]]) -> None:
        for callback in (*callbacks, self.after_group if callbacks else None):
            try:
                if callback is not None:
                    callback()
            except Exception as error:  # noqa: BLE001 - what was committed stays committed; raised by flush and close
                self._late_errors.append(error)

    def _commit(self, group: list[Job]) -> None:
        for _ in range(_TRIES - 1):
            try:
                self._transact(group, alone=False)
                return
            except SQLAlchemyError as error:
                if not must_try_again(error):
                    break
            except Exception:  # noqa: BLE001 - found again below, by the one job it belongs to
                break
        self._transact(group, alone=True)

    def _transact(self, group: list[Job], *, alone: bool) -> None:
        with self._engine.connect() as connection, connection.begin() as block:
            self._run(group, connection, alone=alone)
            try:
                block.commit()
            except SQLAlchemyError as error:
                # A commit without an answer may have happened: trying it again could store it twice. The connection is
                # thrown away, because what it holds is unknown too: SQLite may leave the transaction open.
                connection.invalidate(error)
                self._fail(group, error, committing=True)

    def _fail(self, jobs: Sequence[Job], error: Exception, *, committing: bool = False) -> None:
        # An error of its own for each: raising one in several callers mixes up their tracebacks.
        for job in jobs:
            job.outcome = self._failure(error, committing) if isinstance(error, SQLAlchemyError) else error

    def _run(self, group: list[Job], connection: Connection, *, alone: bool) -> None:
        """All jobs together, or each under its own savepoint, so that one bad request costs only its caller."""
        transaction = self._transaction(connection)
        if not alone:
            for batch in batches(group):
                batch.run(transaction)
            return
        for job in group:
            try:
                with connection.begin_nested():
                    Batch(job.operation, [job]).run(transaction)
            except Exception as error:
                if connection.invalidated:
                    raise
                self._fail([job], error)


def _answer(jobs: Sequence[Job]) -> None:
    """Wake each event loop once for all its callers: waking it for each costs more than a statement."""
    waiting: dict[asyncio.AbstractEventLoop, list[Job]] = {}
    for job in jobs:
        if job.future is not None:
            waiting.setdefault(job.future.get_loop(), []).append(job)
    for loop, answered in waiting.items():
        # A loop that is closed has nobody waiting any more.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_resolve, answered)


def _resolve(jobs: Sequence[Job]) -> None:
    for job in jobs:
        if job.future is None or job.future.done():
            continue
        if isinstance(job.outcome, Exception):
            job.future.set_exception(job.outcome)
        else:
            job.future.set_result(job.outcome)


def batches(jobs: Sequence[Job]) -> list[Batch]:
    """Jobs of the same operation together, where no other job about the same key stands between."""
    found: list[Batch] = []
    last: dict[Hashable, int] = {}
    for job in jobs:
        earliest = max((last.get(key, -1) for key in job.keys), default=-1) + 1
        position = next((i for i in range(earliest, len(found)) if found[i].operation is job.operation), len(found))
        if position == len(found):
            found.append(Batch(job.operation, []))
        found[position].jobs.append(job)
        for key in job.keys:
            last[key] = position
    return found
