"""The canonical transcript: what every format becomes.

What belongs here: turns, warnings and where each turn came from. What does not: reading a format (see ``formats``).
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from artifact_assets.domain.documents import Document
from artifact_assets.domain.meeting import Participant


class SourceRef(Document):
    """Where in the received file a turn came from, so that evidence leads back to it.

    ``line`` and ``end_line`` count from 1: lines in text formats, body paragraphs in DOCX. ``cue`` is the cue's own
    identifier where the format has one. ``pointer`` is an RFC 6901 pointer in JSON formats. A turn made of several
    cues or entries in a row names the first, and the last as ``end_cue`` or ``end_pointer``.
    """

    line: int | None = None
    end_line: int | None = None
    cue: str | None = None
    end_cue: str | None = None
    pointer: str | None = None
    end_pointer: str | None = None


class ReadingNote(Document):
    """Something a reader should know about how the file was read. ``place`` reads like ``line 12`` or ``cue 7``."""

    code: str
    message: str
    place: str | None = None


class Turn(Document):
    """One speaker's uninterrupted span. Times are seconds from the start; ``speaker`` is None when unknown."""

    index: int
    speaker: str | None
    start: float | None
    end: float | None
    text: str
    source: tuple[SourceRef, ...] = ()


class Transcript(Document):
    """A meeting's words in one shape, turns in time order and numbered from 0.

    ``started_at`` is timezone-aware, or naive when the file tells a local time without a zone. ``coverage`` is the share
    of the source's words that became turns, 0 to 1: words that may have been said and could not be placed count against
    it, headers and vendor summaries do not. ``language`` is an ISO 639-1 code or None when not detected.
    """

    schema_version: Literal[1] = 1
    format: str
    title: str | None = None
    started_at: datetime | None = None
    kind: str | None = None
    participants: tuple[Participant, ...] = ()
    turns: tuple[Turn, ...]
    language: str | None = None
    coverage: float | None = None
    warnings: tuple[ReadingNote, ...] = ()

    @property
    def speakers(self) -> tuple[str, ...]:
        """Distinct known speakers in order of first appearance."""
        return tuple(dict.fromkeys(turn.speaker for turn in self.turns if turn.speaker is not None))

    @property
    def word_count(self) -> int:
        """Number of whitespace-separated words over all turns."""
        return sum(len(turn.text.split()) for turn in self.turns)
