"""Stage 3, extracted: the extractor's structured claims, stored before anybody judges them.

What belongs here: briefing the extractor and storing its answer. What does not: how claims are found (see
``artifact_assets.extraction``) and whether they hold (see ``validated``).
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from artifact_assets.domain.artifact import Extraction
from artifact_assets.domain.brief import Brief, Errand
from artifact_assets.domain.records import Json
from artifact_assets.domain.states import Stage
from artifact_assets.domain.transcript import Transcript
from artifact_assets.extraction.model.shortfalls import FOR_NOW
from artifact_assets.stages.case import Case
from artifact_assets.stages.stage import Outcome, StageWork


def brief_for(case: Case, transcript: Transcript) -> Brief:
    """What the extractor is told about this meeting."""
    return Brief(
        kind=transcript.kind,
        started_at=transcript.started_at,
        participants=transcript.participants,
        vocabulary=case.equipment.configuration.vocabulary,
        errand=Errand(
            meeting_id=case.meeting.meeting_id,
            run_id=case.run_id,
            live=case.backfill is None,
            backfill=case.backfill,
        ),
    )


async def _components(case: Case) -> Json:
    vocabulary, digest = case.equipment.configuration.vocabulary, case.equipment.standing.digest
    return {
        "normalized": case.documents[Stage.NORMALIZED],
        "vocabulary": digest("vocabulary", vocabulary, lambda: vocabulary.model_dump(mode="json")),
        "extractor": dict(case.equipment.extractor.identity),
    }


async def _perform(case: Case) -> Outcome:
    transcript = await case.transcript()
    extraction = await case.equipment.extractor.extract(
        transcript, case.documents[Stage.NORMALIZED], brief_for(case, transcript)
    )
    digest = await case.keep(extraction)
    retry = timedelta(seconds=case.equipment.configuration.model.outage_retry_seconds)
    return Outcome(
        for_now_until=case.equipment.clock.now() + retry if is_for_now(extraction) else None,
        document=digest,
        attempts=max(extraction.trace.attempts, 1),
        metadata={**describe(extraction), "document": case.equipment.store.location(digest)},
    )


def is_for_now(extraction: Extraction) -> bool:
    """Whether the rules only stood in for a model that was down."""
    return any(note.code == FOR_NOW for note in extraction.warnings)


def describe(extraction: Extraction) -> Json:
    """Counts, cost and origin of an extraction, without a word of it."""
    kinds = Counter(claim.content.kind for claim in extraction.claims)
    trace = extraction.trace
    return {
        "extractor": trace.extractor,
        "model": trace.model,
        "prompt_version": trace.prompt_version,
        "claims": len(extraction.claims),
        **{f"claims_{kind}": count for kind, count in sorted(kinds.items())},
        "for_now": is_for_now(extraction) or None,
        "suggested": sum(claim.suggested for claim in extraction.claims),
        "model_calls": trace.calls,
        "attempts": trace.attempts,
        "input_tokens": trace.input_tokens,
        "cached_tokens": trace.cached_tokens,
        "output_tokens": trace.output_tokens,
        "cost_usd": trace.cost,
        "warning_codes": ", ".join(sorted({note.code for note in extraction.warnings})) or None,
    }


EXTRACTED = StageWork(Stage.EXTRACTED, "1", _components, _perform)
