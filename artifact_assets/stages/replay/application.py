"""Applying one meeting of a plan: exactly what was prepared, or nothing with the reason.

What belongs here: judging whether the plan still fits, taking it over, and having it delivered. What does not: leases (see
``stages.walk``) and sending (see ``stages.delivery``).

The plan fits when the ledger holds what it held, and when today's settings lead to the same stage keys and the same writes.
Then one transaction makes the prepared results the meeting's own, and its passage goes on as any other: every stage is
found, and delivery decides on exactly the writes that were shown. Whoever takes the meeting up after a crash, a deferral
or a cancelled run goes on with them for the same reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Checkpoint, Json, StageCommit
from artifact_assets.domain.replay import TO_APPLY, EntryState, PlanEntry, Preparation
from artifact_assets.domain.replay_ports import Adoption
from artifact_assets.domain.states import STAGES, STATE_AFTER, Stage
from artifact_assets.stages.case import Case
from artifact_assets.stages.decisions import decisions_key
from artifact_assets.stages.delivered import by_time, planned_writes
from artifact_assets.stages.passage import Passage
from artifact_assets.stages.replay.basis import basis_of, moved_since
from artifact_assets.stages.result import MeetingResult, Report, stopped
from artifact_assets.stages.stage import stage_key
from artifact_assets.stages.staleness import differences
from artifact_assets.stages.works import WORKS

PREPARE_AGAIN = "Prepare it again: `replay MEETING --prepare`."


@dataclass
class Application:
    """Takes one held meeting where the plan ``plan_id`` wants it. The passage of an apply run, in place of ``Passage``."""

    case: Case
    report: Report
    plan_id: str
    _adopted: frozenset[str] = frozenset()

    async def go(self) -> MeetingResult:
        """Apply, or say why not. A meeting that is no part of the plan, or no longer fits it, is shown as it is."""
        case, ledger = self.case, self.case.equipment.ledger
        found = await ledger.entries(self.plan_id, meeting_ids=[case.meeting.meeting_id])
        if not found or found[0].state not in TO_APPLY:
            return self._as_it_is()
        entry = found[0]
        try:
            if entry.state is not EntryState.APPLYING:
                # A paused backfill begins nothing, and what was not begun stays to be applied.
                await case.equipment.backfills.hold(case.backfill)
                why = await self._taken_over(entry)
                if why:
                    return await self._skip(entry, why)
        except PipelineError as error:
            await ledger.note(self._moved(entry, entry.state, error), only_from=TO_APPLY)
            self._as_it_is()
            return stopped(case.meeting.meeting_id, case.meeting.state, Stage.DELIVERED, error)
        result = await Passage(case, frozenset(STAGES), self._reported).go()
        if result.finished:
            await ledger.note(self._moved(entry, EntryState.APPLIED), only_from=TO_APPLY)
        else:
            told = PipelineError(
                result.failure_class or FailureClass.INTERNAL_ERROR, result.cause or "It did not finish."
            )
            await ledger.note(self._moved(entry, EntryState.APPLYING, told), only_from=TO_APPLY)
        return result

    async def _taken_over(self, entry: PlanEntry) -> tuple[str, ...]:
        """Take the plan over, or return why it no longer fits."""
        case, ledger = self.case, self.case.equipment.ledger
        assert entry.basis is not None, "a prepared entry"
        assert entry.document is not None, "a prepared entry"
        now = basis_of(case.opened, await decisions_key(case.meeting.meeting_id, ledger))
        if moved := moved_since(entry.basis, now):
            return moved
        preparation = Preparation.model_validate_json(await case.equipment.store.get(entry.document))
        if changed := await self._changed_settings(preparation):
            return changed
        at = case.equipment.clock.now()
        stored = tuple(replace(checkpoint, created_at=at) for checkpoint in preparation.checkpoints)
        await ledger.adopt(
            Adoption(
                self._moved(entry, EntryState.APPLYING),
                stored[:-1],
                self._commit(preparation, stored[-1]) if stored else None,
            )
        )
        self._adopted = frozenset(checkpoint.key for checkpoint in stored)
        opened = replace(case.opened, checkpoints=(*case.opened.checkpoints, *stored))
        case.opened = replace(opened, items=preparation.items) if preparation.items is not None else opened
        return ()

    async def _changed_settings(self, preparation: Preparation) -> tuple[str, ...]:
        """Which settings no longer lead to what was prepared; the documents of the case are then those of the plan."""
        case = self.case
        made = {checkpoint.stage: checkpoint for checkpoint in preparation.checkpoints}
        case.documents.clear()
        for stage in STAGES[:-1]:
            current: Json = await WORKS[stage].all_components(case)
            planned = made.get(stage) or case.opened.checkpoint(stage, stage_key(current))
            if planned is None or planned.key != stage_key(current):
                differing = differences(planned.components if planned is not None else {}, current)
                return (f"the settings of {stage} changed ({', '.join(differing)})",)
            case.documents[stage] = planned.document
        artifact = await case.artifact()
        worthwhile, _ = by_time(case, artifact, (await case.transcript()).started_at)
        now = {plan.intent_key for plan in await planned_writes(case, worthwhile)}
        then = {write.intent.intent_key for write in preparation.writes if write.intent is not None}
        if now != then:
            return (f"{len(now ^ then)} of its writes would be others now (mapping, record or time)",)
        return ()

    def _commit(self, preparation: Preparation, last: Checkpoint) -> StageCommit:
        case = self.case
        return StageCommit(
            meeting_id=case.meeting.meeting_id,
            owner=case.owner,
            state=STATE_AFTER[last.stage],
            at=last.created_at,
            run_id=case.run_id,
            revision=preparation.revision,
            checkpoint=last,
            items=preparation.items,
            counts=preparation.counts,
            kind=preparation.kind,
            cause=f"Replayed by plan {self.plan_id}.",
        )

    def _reported(self, checkpoint: Checkpoint, *, reused: bool) -> None:
        self.report(checkpoint, reused=reused and checkpoint.key not in self._adopted)

    async def _skip(self, entry: PlanEntry, why: tuple[str, ...]) -> MeetingResult:
        error = PipelineError(
            FailureClass.DESTINATION_CONFLICT,
            f"Plan {self.plan_id} no longer fits {entry.meeting_id}: {'; '.join(why)}. Nothing of it was written.",
            PREPARE_AGAIN,
        )
        await self.case.equipment.ledger.note(self._moved(entry, EntryState.SKIPPED, error), only_from=TO_APPLY)
        self._as_it_is()
        return stopped(entry.meeting_id, self.case.meeting.state, Stage.DELIVERED, error)

    def _as_it_is(self) -> MeetingResult:
        """Have the newest stored results shown again, so that Dagster goes on showing what is true of the meeting."""
        meeting = self.case.meeting
        for stage in STAGES:
            latest = self.case.opened.latest(stage)
            if latest is None:
                break
            self.report(latest, reused=True)
        return MeetingResult(meeting.meeting_id, meeting.state, meeting.counts, meeting.failure_class, meeting.cause)

    def _moved(self, entry: PlanEntry, state: EntryState, error: PipelineError | None = None) -> PlanEntry:
        return replace(
            entry,
            state=state,
            updated_at=self.case.equipment.clock.now(),
            failure_class=error.failure_class if error is not None else None,
            cause=error.cause if error is not None else None,
            run_id=self.case.run_id,
        )
