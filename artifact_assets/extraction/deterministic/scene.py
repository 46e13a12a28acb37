"""The circumstances rules decide in: the talk, its people and its day.

What belongs here: what every rule of one meeting shares. What does not: rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from artifact_assets.extraction.deterministic.due_dates import Due, find_due
from artifact_assets.extraction.deterministic.findings import Quote
from artifact_assets.extraction.deterministic.people import People
from artifact_assets.extraction.deterministic.talk import Sentence, Talk, quote_of


@dataclass(frozen=True, slots=True)
class Scene:
    """One meeting. ``today`` is its local day, None when no zone is known."""

    talk: Talk
    people: People
    today: date | None

    def due(self, text: str) -> Due | None:
        """When what ``text`` says is due."""
        return find_due(text, self.today)

    def quote(self, sentence: Sentence, start: int = 0, end: int | None = None) -> Quote:
        """The sentence as evidence, around characters ``start`` to ``end`` where it is long."""
        return Quote(sentence.turn, quote_of(sentence, start, end))
