"""Preparing the meetings of a plan, many at once.

What belongs here: taking entries through their rehearsal and storing each as it is done. What does not: the rehearsal (see
``rehearsal``).

No lease is taken: nothing of the meeting is touched, and what moves meanwhile is noticed when the plan is applied. Every
prepared meeting is committed by itself, so that an interruption at any moment loses only what was in flight, and the answers
of the model even of that are kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from artifact_assets.domain.documents import to_bytes
from artifact_assets.domain.failures import Deferral, FailureClass, Nature, PipelineError
from artifact_assets.domain.replay import TO_PREPARE, EntryState, PlanEntry
from artifact_assets.domain.states import Stage
from artifact_assets.stages.case import Case
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.passage import internal_error
from artifact_assets.stages.reading_back import stored_case
from artifact_assets.stages.replay.changes import counted
from artifact_assets.stages.replay.rehearsal import Rehearsed, reasons_of, rehearse
from artifact_assets.stages.result import MeetingResult, stopped


def _nobody(_: PlanEntry) -> None:
    return


@dataclass
class Preparing:
    """Prepares meetings of the plan ``plan_id`` for the run ``run_id``; ``told`` hears of each that is done."""

    equipment: Equipment
    plan_id: str
    run_id: str
    told: Callable[[PlanEntry], None] = _nobody
    _halted: PipelineError | None = field(default=None)

    async def over(self, meeting_ids: Iterable[str]) -> tuple[MeetingResult, ...]:
        """Prepare those of ``meeting_ids`` that the plan holds and that are not prepared yet; a result for each of these."""
        wanted = await self.equipment.ledger.entries(self.plan_id, meeting_ids=list(meeting_ids))
        gate = asyncio.Semaphore(self.equipment.configuration.walk.concurrency)

        async def one(entry: PlanEntry) -> MeetingResult:
            async with gate:
                result = await self._one(entry)
                self.equipment.on_result(result)
                return result

        return tuple(await asyncio.gather(*(one(entry) for entry in wanted if entry.state in TO_PREPARE)))

    async def _one(self, entry: PlanEntry) -> MeetingResult:
        if self._halted is not None:
            return stopped(entry.meeting_id, None, Stage.EXTRACTED, self._halted)
        try:
            done = await self._rehearsed(entry)
        except PipelineError as error:
            return await self._put_off(entry, error)
        except Exception as error:  # noqa: BLE001 - the outermost shell of a meeting: a bug must not take the batch
            return await self._put_off(entry, internal_error(error, Stage.VALIDATED, entry.meeting_id))
        document = await self.equipment.store.put(to_bytes(done.preparation))
        prepared = replace(
            entry,
            state=EntryState.PREPARED,
            updated_at=self.equipment.clock.now(),
            reasons=done.reasons,
            basis=done.basis,
            document=document,
            changes=counted(done.preparation.writes),
            spent=done.spent,
            failure_class=None,
            cause=None,
            run_id=self.run_id,
        )
        await self.equipment.ledger.note(prepared, only_from=TO_PREPARE)
        self.told(prepared)
        return MeetingResult(entry.meeting_id, None)

    async def _rehearsed(self, entry: PlanEntry) -> Rehearsed:
        stored = await stored_case(self.equipment, entry.meeting_id)
        if stored is None:
            raise PipelineError(
                FailureClass.UNREADABLE_INPUT,
                f"There is no meeting {entry.meeting_id} any more, so it was not prepared.",
            )
        reasons = await reasons_of(stored)
        case = Case(self.equipment, self.run_id, "", stored.opened, stored.meeting, backfill=f"replay {self.plan_id}")
        return await rehearse(case, reasons)

    async def _put_off(self, entry: PlanEntry, error: PipelineError) -> MeetingResult:
        """Store why a meeting is not prepared. What may pass leaves it selected; a budget that is used up halts the rest."""
        passing = isinstance(error, Deferral) or error.failure_class.rule.nature is Nature.TRANSIENT
        over_budget = error.failure_class is FailureClass.BUDGET_EXCEEDED
        if over_budget and isinstance(error, Deferral):
            self._halted = error
        later = replace(
            entry,
            state=EntryState.SELECTED if passing or over_budget else EntryState.FAILED,
            updated_at=self.equipment.clock.now(),
            failure_class=error.failure_class,
            cause=error.cause,
            run_id=self.run_id,
        )
        await self.equipment.ledger.note(later, only_from=TO_PREPARE)
        return stopped(entry.meeting_id, None, Stage.EXTRACTED, error)
