"""What a judgement consists of.

What belongs here: judged items before they have ids, and where their evidence stands. What does not: judging (see
``judgement``).
"""

from __future__ import annotations

from collections.abc import Sequence

from artifact_assets.domain.artifact import Content, GroundedEvidence, ItemState, RuleFailure
from artifact_assets.domain.documents import Document

NOWHERE = (1 << 30, 0, 0)
"""The place of evidence that was found nowhere: after everything."""


class JudgedItem(Document):
    """A claim with its verdict, before it has an id. ``failures`` lists every reason; ``claims`` counts merged ones."""

    content: Content
    evidence: tuple[GroundedEvidence, ...]
    confidence: float | None = None
    state: ItemState
    failures: tuple[RuleFailure, ...] = ()
    claims: int = 1


class Judgement(Document):
    """The verdict on an extraction. With ``failures`` nothing of it is delivered."""

    items: tuple[JudgedItem, ...]
    failures: tuple[RuleFailure, ...] = ()


def place_of(evidence: Sequence[GroundedEvidence], *, last: bool = False) -> tuple[int, int, int]:
    """Turn, start and end of the first span of ``evidence``, or of the last one."""
    places = sorted((s.turn, s.start, s.end) for e in evidence for s in e.spans)
    return places[-1 if last else 0] if places else NOWHERE
