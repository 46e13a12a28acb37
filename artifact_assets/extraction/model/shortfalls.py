"""What an extraction lacks, as notes that travel with it to the artifact.

What belongs here: their codes and words. What does not: deciding that something is lacking (see ``extractor``).
"""

from __future__ import annotations

from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.transcript import ReadingNote


def by_rules(model: str, failure: PipelineError) -> ReadingNote:
    """The rules took over from a model."""
    return ReadingNote(
        code="extracted_by_rules",
        message=f"The model {model} failed ({failure.failure_class}), so the rules extracted this meeting.",
    )


FOR_NOW = "extracted_for_now"


def for_now(model: str, failure: PipelineError) -> ReadingNote:
    """The rules stand in for a model that is down."""
    return ReadingNote(
        code=FOR_NOW,
        message=f"The model {model} is down ({failure.failure_class}), so the rules extracted this meeting for now. The "
        "model's answer will replace this.",
    )


def left_out(place: str, failure: PipelineError) -> ReadingNote:
    """A part that was not extracted."""
    return ReadingNote(
        code="chunk_left_out",
        message=f"This part was not extracted ({failure.failure_class}); the items are of the rest only.",
        place=place,
    )


def shortened(place: str) -> ReadingNote:
    """A part that the server seems not to have read to its end."""
    return ReadingNote(
        code="request_shortened",
        message="The model's server seems to have read only a part of this. Raise its context, or lower model.chunk_tokens.",
        place=place,
    )
