"""Small meetings and claims, written as the tests of the domain read them."""

from __future__ import annotations

from datetime import UTC, datetime

from artifact_assets.domain.artifact import Claim, Content, Evidence, Extraction, ExtractorTrace
from artifact_assets.domain.brief import Brief, FieldRule, FieldType, TagRule, Vocabulary
from artifact_assets.domain.meeting import Participant
from artifact_assets.domain.transcript import Transcript, Turn

STARTED = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
"""A Tuesday."""


def meeting(*lines: tuple[str, str]) -> Transcript:
    """A transcript of (speaker, text) turns."""
    turns = tuple(Turn(index=n, speaker=who, start=None, end=None, text=text) for n, (who, text) in enumerate(lines))
    return Transcript(format="test", started_at=STARTED, turns=turns)


def claim(content: Content, quote: str | None = None, *turns: int) -> Claim:
    """A claim with one quote, or with none."""
    evidence = () if quote is None else (Evidence(turns=turns, quote=quote),)
    return Claim(content=content, evidence=evidence)


def extraction(*claims: Claim) -> Extraction:
    """An extraction of ``claims``."""
    return Extraction(transcript_digest="0" * 64, trace=ExtractorTrace(extractor="test", version="1"), claims=claims)


def sales_brief(started_at: datetime | None = STARTED, *people: str) -> Brief:
    """A sales meeting on a Tuesday with a few configured fields and tags."""
    return Brief(
        kind="sales",
        started_at=started_at,
        participants=tuple(Participant(name=name) for name in people),
        vocabulary=Vocabulary(
            tags=(TagRule(name="pricing"), TagRule(name="security-review")),
            fields=(
                FieldRule(object="deal", field="amount", type=FieldType.MONEY),
                FieldRule(object="deal", field="close_date", type=FieldType.DATE),
                FieldRule(object="deal", field="stage", type=FieldType.ENUM, values=("proposal", "closed_won")),
                FieldRule(object="deal", field="seats", type=FieldType.NUMBER),
                FieldRule(object="company", field="current_tool"),
                FieldRule(object="contact", field="phone"),
            ),
        ),
    )
