"""What would run again if a meeting were taken through the stages now, why, and what that may cost.

What belongs here: comparing what determined the stored results with what would determine them today. What does not:
running anything, and printing it (see ``commands.replay``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from artifact_assets.domain.budgets import Amount
from artifact_assets.domain.documents import digest_of
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.records import Checkpoint, Json, Meeting
from artifact_assets.domain.states import STAGES, Stage
from artifact_assets.extraction.model.extractor import ModelExtractor
from artifact_assets.stages.case import Case
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.extracted import brief_for
from artifact_assets.stages.reading_back import stored_case
from artifact_assets.stages.stage import StageWork, stage_key
from artifact_assets.stages.works import WORKS

NEVER = "never finished"
DAMAGED = "its stored document is missing or damaged"
FREE = Amount()


@dataclass(frozen=True)
class Rerun:
    """A stage that would run again. ``why`` names the components that differ, as ``name`` or ``name.part``.

    ``perhaps`` marks a stage that only follows an earlier one: when that comes to the same document, this one is reused.
    """

    stage: Stage
    why: tuple[str, ...]
    perhaps: bool = False


_WORDS: Mapping[str, str] = {
    "extractor.prompt": "prompt",
    "extractor.schema": "prompt",
    "extractor.model": "model",
    "extractor.provider": "model",
    "vocabulary": "taxonomy",
    "art": "policy",
    "decisions": "review",
    "routes": "mapping",
    "mapping": "mapping",
    "people": "mapping",
    "transcript": "transcript",
    "sidecar": "sidecar",
}


def word_for(stage: Stage, component: str) -> str:
    """What a person calls a component that differs: prompt, model, code, parser, taxonomy, policy, mapping, settings."""
    if component == "version":
        return "parser" if stage is Stage.NORMALIZED else "code"
    if component in ("extractor.version", "extractor.extractor", "extractor.weights", "extractor.rules"):
        return "code"
    if component in (NEVER, DAMAGED) or " " in component:
        return component
    return _WORDS.get(component, "settings" if "." in component else component)


@dataclass(frozen=True)
class Outlook:
    """What lies before one meeting. ``cost`` is the most a model would be asked for, None when it cannot be told yet."""

    meeting: Meeting
    reruns: tuple[Rerun, ...]
    cost: Amount | None = FREE
    priced: bool = True

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is stale, in a person's words, each once."""
        told = [word_for(rerun.stage, why) for rerun in self.reruns if not rerun.perhaps for why in rerun.why]
        return tuple(dict.fromkeys(told))

    @property
    def stale(self) -> bool:
        """Whether anything would run again."""
        return bool(self.reruns)


async def outlook(equipment: Equipment, meeting: Meeting) -> Outlook:
    """What would run again of one meeting, and at most at what cost. Changes nothing."""
    case = await stored_case(equipment, meeting.meeting_id)
    assert case is not None, "a meeting of the ledger's own list"
    reruns = await reruns_of(case)
    if not any(rerun.stage is Stage.EXTRACTED for rerun in reruns):
        return Outlook(meeting, reruns)
    extractor = equipment.extractor
    if not isinstance(extractor, ModelExtractor):
        return Outlook(meeting, reruns)
    try:
        transcript = await case.transcript() if Stage.NORMALIZED in case.documents else None
    except PipelineError:
        transcript = None
    if transcript is None:
        return Outlook(meeting, reruns, None)
    told = extractor.estimate(transcript, brief_for(case, transcript))
    amount = Amount(told.calls, told.input_tokens + told.output_tokens, told.cost or 0.0)
    return Outlook(meeting, reruns, amount, told.cost is not None)


async def reruns_of(case: Case) -> tuple[Rerun, ...]:
    """The stages of a stored meeting that would run again, in order."""
    reruns: list[Rerun] = []
    for stage in STAGES:
        latest = case.opened.latest(stage)
        # Delivery is compared with its settings too, although a walk always looks whether something is left to write.
        why = await _why(case, WORKS[stage], latest)
        if why:
            reruns.append(Rerun(stage, why))
        elif reruns:
            reruns.append(Rerun(stage, (f"follows {reruns[0].stage}",), perhaps=True))
        if latest is None:
            case.documents.pop(stage, None)
    return tuple(reruns)


async def _why(case: Case, work: StageWork, latest: Checkpoint | None) -> tuple[str, ...]:
    """Why the stored result of a stage would not be used again; empty when it would."""
    if latest is None:
        return (NEVER,)
    try:
        current = await work.all_components(case)
    except PipelineError as error:
        return (error.failure_class.value,)
    # What a return to earlier settings finds is stored, but not the newest.
    found = case.opened.checkpoint(work.stage, stage_key(current)) if work.reusable else None
    known = found or latest
    case.documents[work.stage] = known.document
    if found is None and (differing := differences(known.components, current)):
        return differing
    return () if await case.equipment.store.intact(known.document) else (DAMAGED,)


def differences(stored: Json, current: Json) -> tuple[str, ...]:
    """The names of components that are not equal, one level deep: ``version``, ``extractor.prompt``."""
    before, after = _flat(stored), _flat(current)
    return tuple(name for name in sorted({*before, *after}) if before.get(name) != after.get(name))


def _flat(components: Json) -> dict[str, str]:
    """Digests by name; of a component with parts, one for each of them."""
    flat: dict[str, str] = {}
    for name, value in components.items():
        if isinstance(value, Mapping):
            parts = cast("Mapping[str, object]", value)
            flat.update({f"{name}.{part}": digest_of(of_part) for part, of_part in parts.items()})
        elif value is not None:
            flat[name] = digest_of(value)
    return flat


@dataclass(frozen=True)
class Total:
    """The sum over meetings. ``unknown`` meetings have no transcript to measure yet; ``cost`` is None without prices."""

    meetings: int
    calls: int
    tokens: int
    cost: float | None
    unknown: int


def total(outlooks: Iterable[Outlook]) -> Total:
    """What all of it would take at most."""
    stale = [found for found in outlooks if found.stale]
    amount = sum((found.cost for found in stale if found.cost is not None), FREE)
    priced = all(found.priced for found in stale)
    unknown = sum(found.cost is None for found in stale)
    return Total(len(stale), amount.calls, amount.tokens, round(amount.cost, 8) if priced else None, unknown)
