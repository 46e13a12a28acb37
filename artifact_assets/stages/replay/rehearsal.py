"""Preparing one meeting: its stages run beside what is stored, and nothing of it is the meeting's own yet.

What belongs here: running what would run, and the writes that would follow. What does not: storing the plan (see
``preparing``) and applying it (see ``application``).

Two designs were weighed. *Checkpoints written at once, delivery withheld*: simple, and the next walk of the meeting, asked
for by anybody for any reason, would find them under the current key, take over the new items and deliver them without a
plan ever being applied; `show` would tell the new artifact while the old one stands at the destination. *A plan stored beside*:
documents lie in the content-addressed store where nobody looks for them, the checkpoints that would name them lie in the
plan, and the meeting's own rows do not move until one transaction of ``apply`` takes them over. The second is built. Its
price is the second copy of four rows; model calls are not paid twice, because their answers are stored by request.
"""

from __future__ import annotations

from dataclasses import dataclass

from artifact_assets.domain.artifact import Extraction
from artifact_assets.domain.budgets import Amount
from artifact_assets.domain.exchange import Context
from artifact_assets.domain.failures import Deferral, FailureClass, PipelineError
from artifact_assets.domain.records import Checkpoint, Counts, Intent, Json, KnownItem
from artifact_assets.domain.replay import EFFECTIVE, PlannedWrite, Preparation
from artifact_assets.domain.states import STAGES, IntentState, Stage
from artifact_assets.stages.case import Case
from artifact_assets.stages.decisions import decisions_key
from artifact_assets.stages.delivered import by_time, planned_writes
from artifact_assets.stages.performing import known_result, new_result
from artifact_assets.stages.preview import SHOWN
from artifact_assets.stages.replay.basis import basis_of
from artifact_assets.stages.replay.changes import changes_of
from artifact_assets.stages.staleness import reruns_of
from artifact_assets.stages.works import WORKS


@dataclass(frozen=True)
class Rehearsed:
    """A prepared meeting: what it would become, what that rests on, why, and what the model was asked for."""

    preparation: Preparation
    basis: Json
    reasons: tuple[str, ...]
    spent: Amount


async def rehearse(case: Case, reasons: tuple[str, ...]) -> Rehearsed:
    """Run the stages up to delivery without storing any of it in the ledger, and compare the writes.

    Raises what a stage raises; the meeting is then as it was.
    """
    basis = basis_of(case.opened, await decisions_key(case.meeting.meeting_id, case.equipment.ledger))
    made: list[Checkpoint] = []
    items: tuple[KnownItem, ...] | None = None
    counts: Counts | None = None
    kind: str | None = None
    case.documents.clear()
    for stage in STAGES[:-1]:
        checkpoint = await known_result(case, WORKS[stage])
        if checkpoint is None:
            outcome, checkpoint = await new_result(case, WORKS[stage])
            _same_revision(case)
            if outcome.for_now_until is not None:
                raise Deferral(_standing_in(case), outcome.for_now_until)
            made.append(checkpoint)
            items = outcome.items if outcome.items is not None else items
            counts, kind = outcome.counts or counts, outcome.kind or kind
        case.documents[stage] = checkpoint.document
    preparation = Preparation(
        meeting_id=case.meeting.meeting_id,
        revision=case.meeting.revision,
        checkpoints=tuple(made),
        items=items,
        counts=counts,
        kind=kind,
        writes=await _writes(case),
    )
    spent = await _spent(case) if any(c.stage is Stage.EXTRACTED for c in made) else Amount()
    return Rehearsed(preparation, basis, reasons, spent)


async def reasons_of(case: Case) -> tuple[str, ...]:
    """Why stages would run again, as ``stage: component``."""
    return tuple(f"{r.stage.value}: {why}" for r in await reruns_of(case) if not r.perhaps for why in r.why)


def _same_revision(case: Case) -> None:
    if case.meeting.revision != case.opened.meeting.revision:
        raise PipelineError(
            FailureClass.STORAGE_UNAVAILABLE,
            f"A newer transcript of {case.meeting.meeting_id} was met while it was prepared, so it is no part of the plan.",
            "Nothing: the newer one is processed by itself.",
        )


def _standing_in(case: Case) -> PipelineError:
    return PipelineError(
        FailureClass.MODEL_UNAVAILABLE,
        f"The model is down and only the rules would stand in, so {case.meeting.meeting_id} was not prepared.",
    )


async def _writes(case: Case) -> tuple[PlannedWrite, ...]:
    artifact = await case.artifact()
    worthwhile, _ = by_time(case, artifact, (await case.transcript()).started_at)
    found = changes_of(await planned_writes(case, worthwhile), case.opened.intents)
    return tuple([await _looked_at(case, write) for write in found])


async def _looked_at(case: Case, write: PlannedWrite) -> PlannedWrite:
    """The write with what its destination says of it; a destination that cannot be asked does not stop the plan."""
    plan = write.intent
    if plan is None or write.change not in EFFECTIVE or plan.operation not in SHOWN:
        return write
    prior = [i for i in case.opened.intents if i.record_key == plan.record_key and i.state is IntentState.CONFIRMED]
    try:
        standing = await case.equipment.destinations[plan.destination].standing(
            Intent(**vars(plan)), Context(prior=prior[-1] if prior else None)
        )
    except PipelineError:
        return write
    return write.model_copy(update={"there": standing.verdict.value})


async def _spent(case: Case) -> Amount:
    """What the extraction cost when it was made; an answer that was stored already costs nothing again."""
    trace = Extraction.model_validate_json(await case.equipment.store.get(case.documents[Stage.EXTRACTED])).trace
    tokens = (trace.input_tokens or 0) + (trace.output_tokens or 0)
    return Amount(trace.calls, tokens, trace.cost or 0.0)
