"""A walk: many meetings, each flowing through its stages independently and concurrently.

What belongs here: leases, checkpoints, deadlines and turning failures into states. What does not: the work of a stage,
and Dagster, which only hears of what happened through ``Report``.

One walk holds each meeting under a short lease that it keeps renewing. A second walk over the same meetings finds them
held and leaves them alone; a walk that died leaves leases behind that its successor takes over at once when it can tell
that their owner is gone, and otherwise when they run out.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.policies import WalkPolicy
from artifact_assets.domain.records import Opened
from artifact_assets.domain.states import STAGES, Stage
from artifact_assets.stages.case import Case
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.passage import Passage
from artifact_assets.stages.result import MeetingResult, Report, stopped
from artifact_assets.stages.room import Room
from artifact_assets.stages.suspects import set_aside, suspected
from artifact_assets.stages.watchdog import turning

HELD_POLL_SECONDS = 0.5


@dataclass
class Walk:
    """Takes meetings through ``stages``; ``report`` is told of each.

    ``backfill`` is what they are worked for: a backfill's name, ``backfills.LIVE``, or None for what each was worked for
    before. ``passage`` is how one held meeting goes; without it, through every stage that is not done.
    """

    equipment: Equipment
    run_id: str
    stages: frozenset[Stage]
    report: Report
    backfill: str | None = None
    passage: Callable[[Case], Awaitable[MeetingResult]] | None = None
    _held: set[str] = field(default_factory=set[str])
    _fresh: list[Case] = field(default_factory=list[Case])

    def __post_init__(self) -> None:
        self.owner = lease_owner(self.run_id)
        self._room = Room(self.equipment.backfills, self.equipment.clock)

    async def over(self, meeting_ids: Iterable[str]) -> tuple[MeetingResult, ...]:
        """Walk all meetings, at most ``walk.concurrency`` at once; results in the order given.

        A failing meeting never fails another one. Anything outside PipelineError that escapes ``Passage`` is a crash of
        the walk and is raised. Meetings over which processes died go last, one at a time.
        """
        ids = tuple(meeting_ids)
        suspects = await suspected(self.equipment, ids)
        gate = asyncio.Semaphore(self.equipment.configuration.walk.concurrency)

        async def one(meeting_id: str) -> MeetingResult:
            async with gate, self._room.place(self.backfill):
                result = await self._one(meeting_id)
                self.equipment.on_result(result)
                return result

        async with self._renewing(), turning(self._policy.stuck_seconds):
            try:
                async with asyncio.TaskGroup() as group:
                    tasks = {id_: group.create_task(one(id_)) for id_ in ids if id_ not in suspects}
            except BaseExceptionGroup as crashes:
                raise crashes.exceptions[0] from None
            alone = {id_: await one(id_) for id_ in ids if id_ in suspects}
        if self.equipment.canary is not None:
            await self.equipment.canary.over([case for case in self._fresh if Stage.VALIDATED in case.documents])
        return tuple(alone[id_] if id_ in alone else tasks[id_].result() for id_ in ids)

    async def _one(self, meeting_id: str) -> MeetingResult:
        try:
            opened = await self._begin(meeting_id)
        except PipelineError as error:
            return stopped(meeting_id, None, self._first, error)
        self._held.add(meeting_id)
        case = Case(self.equipment, self.run_id, self.owner, opened, opened.meeting, backfill=opened.meeting.backfill)
        try:
            if opened.meeting.deaths >= self._policy.set_aside_after_deaths:
                return await set_aside(case)
            if self.passage is not None:
                return await self.passage(case)
            result = await Passage(case, self.stages, self.report).go()
            if self.equipment.canary is not None and case.backfill is None and Stage.EXTRACTED in result.performed:
                self._fresh.append(case)
            return result
        finally:
            self._held.discard(meeting_id)
            await self.equipment.ledger.release(meeting_id, self.owner)

    @property
    def _policy(self) -> WalkPolicy:
        return self.equipment.configuration.walk

    @property
    def _first(self) -> Stage:
        return next(stage for stage in STAGES if stage in self.stages)

    async def _begin(self, meeting_id: str) -> Opened:
        """The meeting under our lease; waits for a live owner, and displaces a dead one."""
        ledger, clock, policy = self.equipment.ledger, self.equipment.clock, self._policy
        displacing, give_up = None, clock.monotonic() + policy.held_wait_seconds
        while True:
            most = await self._room.most(self.backfill)
            opened = await ledger.begin(
                meeting_id,
                self.owner,
                policy.lease_seconds,
                displacing=displacing,
                backfill=self.backfill,
                at_once=most,
            )
            if opened is not None:
                return opened
            meeting = await ledger.meeting(meeting_id)
            holder = meeting.lease_owner if meeting is not None else None
            if holder is None or holder == displacing:
                if most is not None:  # given back just now, or no room beside the backfill's other runs
                    await clock.sleep(HELD_POLL_SECONDS)
                continue
            if self.equipment.is_gone(holder):
                displacing = holder
            elif clock.monotonic() < give_up:
                await clock.sleep(HELD_POLL_SECONDS)
            else:
                raise PipelineError(
                    FailureClass.STORAGE_UNAVAILABLE,
                    f"{meeting_id} is being worked on by run {run_of(holder)} and was left to it.",
                    "Nothing, if that run is alive; its lease runs out by itself.",
                )

    @contextlib.asynccontextmanager
    async def _renewing(self) -> AsyncGenerator[None]:
        async def renew() -> None:
            while True:
                await asyncio.sleep(self._policy.lease_seconds / 3)
                if self._held:
                    # A renewal that fails is noticed by the next commit, which finds the lease lost.
                    with contextlib.suppress(PipelineError):
                        await self.equipment.ledger.renew(tuple(self._held), self.owner, self._policy.lease_seconds)

        task = asyncio.create_task(renew())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


def lease_owner(run_id: str) -> str:
    """Who holds a lease: run, host, process id and a start stamp, so that a successor can tell whether it lives."""
    return f"{run_id}@{socket.gethostname()}:{os.getpid()}:{time.time_ns()}"


def run_of(owner: str) -> str:
    """The run id in a lease owner."""
    return owner.partition("@")[0]


def started_at(owner: str) -> float:
    """When a lease owner came to be, in seconds since 1970: its process is older."""
    return int(owner.rpartition(":")[2]) / 1e9


def process_of(owner: str) -> tuple[str, int]:
    """Host and process id in a lease owner."""
    host, pid, _ = owner.partition("@")[2].rsplit(":", 2)
    return host, int(pid)
