"""What the rules find, before it becomes claims.

What belongs here: the shape of a finding and its quotes. What does not: rules that make or change findings.
"""

from __future__ import annotations

from dataclasses import dataclass

from artifact_assets.domain.artifact import ItemKind
from artifact_assets.extraction.deterministic.due_dates import Due

FIRM, LIKELY, UNSURE = 0.9, 0.8, 0.5
"""How often findings of a kind of pattern are right; what is only UNSURE is suggested."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Verbatim words of one turn."""

    turn: int
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """An action item, decision or next step at a sentence. ``last`` is the last sentence it rests on.

    ``confidence`` is a probability; ``firm`` findings come from a pattern that states the thing outright.
    """

    kind: ItemKind
    position: int
    last: int
    text: str
    quotes: tuple[Quote, ...]
    confidence: float
    owner: str | None = None
    due: Due | None = None
    firm: bool = True
