"""The rules in place of a model, where the policy allows it.

What belongs here: which failures are outages, and what of the rules' findings may stand in for a model's. What does not:
deciding that they do (see ``extractor``).
"""

from __future__ import annotations

from artifact_assets.domain.artifact import Extraction, ExtractorTrace, ItemKind
from artifact_assets.domain.brief import Brief
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.model_policy import ModelPolicy
from artifact_assets.domain.ports import Extractor
from artifact_assets.domain.transcript import ReadingNote, Transcript

OUTAGES = frozenset(
    {
        FailureClass.MODEL_UNAVAILABLE,
        FailureClass.MODEL_TIMEOUT,
        FailureClass.MODEL_RATE_LIMITED,
        FailureClass.MODEL_QUOTA,
    }
)
"""Failures that say something about the model's health and nothing about the meeting."""


async def stand_in(
    rules: Extractor,
    note: ReadingNote,
    transcript: Transcript,
    digest: str,
    brief: Brief,
    policy: ModelPolicy,
    trace: ExtractorTrace,
) -> Extraction:
    """What the rules find of ``policy.fallback_kinds``, labelled as theirs. ``trace`` is of the model's attempts."""
    found = await rules.extract(transcript, digest, brief)
    allowed = {ItemKind(kind) for kind in policy.fallback_kinds}
    return Extraction(
        transcript_digest=digest,
        trace=trace.model_copy(
            update={
                "extractor": f"{found.trace.extractor} instead of {trace.extractor}",
                "version": f"{found.trace.version} instead of {trace.version}",
            }
        ),
        claims=tuple(claim for claim in found.claims if ItemKind(claim.content.kind) in allowed),
        warnings=(note, *found.warnings),
    )
