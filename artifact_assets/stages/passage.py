"""One meeting's passage through the stages of a walk.

What belongs here: which stages run, are reused or are missing, and what a failure does to the meeting. What does not:
concurrency and leases (see ``walk``) and the stages' work.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from artifact_assets.domain.failures import Deferral, FailureClass, Nature, PipelineError
from artifact_assets.domain.records import Checkpoint, Counts, StageCommit
from artifact_assets.domain.states import STAGES, STATE_AFTER, MeetingState, Stage
from artifact_assets.stages.case import Case
from artifact_assets.stages.performing import GIVEN_UP, known_result, new_result
from artifact_assets.stages.result import MeetingResult, Report
from artifact_assets.stages.stage import Outcome, StageWork
from artifact_assets.stages.works import WORKS

T = TypeVar("T")


@dataclass
class Passage:
    """Takes one held meeting through ``stages``."""

    case: Case
    stages: frozenset[Stage]
    report: Report
    _performed: list[Stage] = field(default_factory=list[Stage])
    _reused: list[Stage] = field(default_factory=list[Stage])
    _for_now_until: datetime | None = None

    async def go(self) -> MeetingResult:
        """Run what has to run. Every failure ends as a state in the ledger and in the result."""
        last = max(STAGES.index(stage) for stage in self.stages)
        state, counts = self.case.meeting.state, self.case.meeting.counts
        give_up = asyncio.get_running_loop().time() + self.case.equipment.configuration.walk.meeting_seconds
        for stage in STAGES[: last + 1]:
            try:
                await self.case.equipment.backfills.hold(self.case.backfill)
                if stage in self.stages:
                    state, counts = await self._within(give_up, stage, self._reach(WORKS[stage], state, counts))
                else:
                    await self._within(give_up, stage, self._rely_on(WORKS[stage]))
            except PipelineError as error:
                return await self._stop(stage, error)
            except Exception as error:  # noqa: BLE001 - the outermost shell of a meeting: a bug must not take the batch
                return await self._stop(stage, internal_error(error, stage, self.case.meeting.meeting_id))
        return self._result(state, counts)

    async def _within(self, give_up: float, stage: Stage, work: Awaitable[T]) -> T:
        """Hold ``work`` to the time the whole meeting has, whatever its stages are allowed."""
        limit = asyncio.timeout_at(give_up)
        try:
            async with limit:
                return await work
        except TimeoutError:
            if not limit.expired():
                raise
            seconds = self.case.equipment.configuration.walk.meeting_seconds
            raise PipelineError(
                GIVEN_UP[stage],
                f"{self.case.meeting.meeting_id} was not through after {seconds:g} s and was stopped at {stage}.",
                "Look at what took so long with `trace`; raise walk.meeting_seconds if it was work.",
            ) from None

    async def _reach(self, work: StageWork, state: MeetingState, counts: Counts) -> tuple[MeetingState, Counts]:
        """Have the stage's result: from its checkpoint, or by running it."""
        case = self.case
        known = await known_result(case, work) if work.reusable else None
        if known is not None:
            case.documents[work.stage] = known.document
            self._reused.append(work.stage)
            self.report(known, reused=True)
            return state, counts
        outcome, checkpoint = await new_result(case, work)
        self._for_now_until = outcome.for_now_until or self._for_now_until
        await self._commit(work.stage, outcome, checkpoint)
        case.documents[work.stage] = outcome.document
        self._performed.append(work.stage)
        self.report(checkpoint, reused=False)
        return outcome.state or STATE_AFTER[work.stage], outcome.counts or counts

    async def _rely_on(self, work: StageWork) -> None:
        """Have the result of an upstream stage that was not asked for; raise when there is none that is current."""
        known = await known_result(self.case, work)
        if known is None:
            stale = self.case.opened.latest(work.stage) is not None
            raise PipelineError(
                FailureClass.STORAGE_UNAVAILABLE if stale else FailureClass.UNREADABLE_INPUT,
                f"Stage {work.stage} of {self.case.meeting.meeting_id} has "
                + ("only a result made under other settings or input" if stale else "no stored result")
                + ", so the stages after it could not run.",
                f"Materialize {work.stage} for this partition first, or all five assets.",
            )
        self.case.documents[work.stage] = known.document

    async def _commit(self, stage: Stage, outcome: Outcome, checkpoint: Checkpoint) -> None:
        case = self.case
        await case.equipment.ledger.commit(
            StageCommit(
                meeting_id=case.meeting.meeting_id,
                owner=case.owner,
                state=outcome.state or STATE_AFTER[stage],
                at=checkpoint.created_at,
                run_id=case.run_id,
                revision=case.meeting.revision,
                checkpoint=checkpoint,
                items=outcome.items,
                counts=outcome.counts,
                kind=outcome.kind,
                cause=self._cause(stage, outcome),
                next_attempt_at=self._for_now_until,
            )
        )

    def _cause(self, stage: Stage, outcome: Outcome) -> str | None:
        if self._for_now_until is None or stage is not Stage.DELIVERED:
            return outcome.cause
        told = (
            f"Extracted by the rules for now; the model is asked again after {self._for_now_until:%Y-%m-%d %H:%M} UTC."
        )
        return f"{outcome.cause} {told}" if outcome.cause else told

    async def _stop(self, stage: Stage, error: PipelineError) -> MeetingResult:
        """Store the failure. Transient ones are deferred where the stage's policy says so."""
        case, now = self.case, self.case.equipment.clock.now()
        deferred, next_attempt_at = self._next_attempt(stage, error, now)
        state = MeetingState.DEFERRED if deferred else MeetingState.FAILED
        cause = (
            f"Deferred until {next_attempt_at:%Y-%m-%d %H:%M:%S} UTC: {error.cause}" if next_attempt_at else error.cause
        )
        await case.equipment.ledger.commit(
            StageCommit(
                meeting_id=case.meeting.meeting_id,
                owner=case.owner,
                state=state,
                at=now,
                run_id=case.run_id,
                revision=case.meeting.revision,
                failure_class=error.failure_class,
                cause=cause,
                next_attempt_at=next_attempt_at,
            )
        )
        return self._result(state, case.meeting.counts, stage, PipelineError(error.failure_class, cause, error.remedy))

    def _next_attempt(self, stage: Stage, error: PipelineError, now: datetime) -> tuple[bool, datetime | None]:
        """Whether the meeting is put off, and until when; None is until a person says so."""
        if isinstance(error, Deferral):
            return True, error.next_attempt_at
        policy = self.case.equipment.configuration.stages.of(stage)
        if error.failure_class.rule.nature is not Nature.TRANSIENT or policy.on_exhausted != "defer":
            return False, None
        wait = policy.backoff.delay(self.case.meeting.attempts, self.case.equipment.clock.random())
        return True, now + timedelta(seconds=wait)

    def _result(
        self, state: MeetingState, counts: Counts, stage: Stage | None = None, error: PipelineError | None = None
    ) -> MeetingResult:
        return MeetingResult(
            meeting_id=self.case.meeting.meeting_id,
            state=state,
            counts=counts,
            failure_class=error.failure_class if error else None,
            cause=error.cause if error else None,
            remedy=error.remedy if error else None,
            stopped_at=stage,
            performed=tuple(self._performed),
            reused=tuple(self._reused),
        )


def internal_error(error: Exception, stage: Stage, meeting_id: str) -> PipelineError:
    """A bug as an error class. Its message may hold transcript text, so only its type and place are told."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}"
    return PipelineError(
        FailureClass.INTERNAL_ERROR,
        f"Stage {stage} of {meeting_id} broke with {type(error).__name__} at {place}, so the meeting stopped there.",
    )
