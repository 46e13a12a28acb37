"""What there is to say about a normalized transcript in a few numbers, without a word or a name of it.

What belongs here: counts that may stand in logs and event metadata. What does not: text, names and titles, which are
personal data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from artifact_assets.domain.transcript import Transcript
from artifact_assets.formats.speakers import is_placeholder


@dataclass(frozen=True)
class TranscriptFacts:
    """Counts about one transcript.

    ``coverage`` is the share of the source's words that became turns; ``speakers_known`` are names,
    ``speakers_unknown`` voices that are only numbered; ``duration_seconds`` is the last known time. ``warnings`` counts
    notes by code.
    """

    format: str
    turns: int
    words: int
    coverage: float | None
    language: str | None
    speakers_known: int
    speakers_unknown: int
    turns_without_speaker: int
    turns_without_time: int
    participants: int
    duration_seconds: float | None
    warnings: Mapping[str, int]


def facts_of(transcript: Transcript) -> TranscriptFacts:
    """The facts of ``transcript``."""
    speakers = transcript.speakers
    unknown = sum(1 for speaker in speakers if is_placeholder(speaker))
    times = [time for turn in transcript.turns for time in (turn.start, turn.end) if time is not None]
    return TranscriptFacts(
        format=transcript.format,
        turns=len(transcript.turns),
        words=transcript.word_count,
        coverage=transcript.coverage,
        language=transcript.language,
        speakers_known=len(speakers) - unknown,
        speakers_unknown=unknown,
        turns_without_speaker=sum(1 for turn in transcript.turns if turn.speaker is None),
        turns_without_time=sum(1 for turn in transcript.turns if turn.start is None),
        participants=len(transcript.participants),
        duration_seconds=max(times, default=None),
        warnings=dict(Counter(note.code for note in transcript.warnings)),
    )
