"""Where evidence stands, in words a reviewer can follow back to the source.

What belongs here: spans turned into speaker, time and place in the received file. What does not: finding evidence (see
``ground``) and printing (see ``commands``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from artifact_assets.domain.artifact import GroundedEvidence
from artifact_assets.domain.transcript import SourceRef, Transcript


@dataclass(frozen=True)
class Place:
    """A piece of the meeting evidence was found in. ``seconds`` counts from the start; ``source`` reads "line 12".

    ``said`` is what the transcript really says there; it differs from the quote when the alignment is not exact.
    """

    turn: int
    speaker: str | None
    seconds: float | None
    source: str | None
    said: str


def places_of(evidence: Sequence[GroundedEvidence], transcript: Transcript) -> tuple[Place, ...]:
    """Every place of ``evidence`` in the order of the quotes; nothing for a quote that was found nowhere."""
    return tuple(_places(evidence, transcript))


def _places(evidence: Sequence[GroundedEvidence], transcript: Transcript) -> Iterator[Place]:
    turns = {turn.index: turn for turn in transcript.turns}
    for span in (span for quote in evidence for span in quote.spans):
        turn = turns.get(span.turn)
        if turn is not None:
            said = turn.text[span.start : span.end]
            yield Place(turn.index, turn.speaker, turn.start, source_place(turn.source), said)


def source_place(refs: Sequence[SourceRef]) -> str | None:
    """Where in the received file a turn stands: its lines, else its cue, else its JSON pointer."""
    lines = [line for ref in refs for line in (ref.line, ref.end_line) if line is not None]
    if lines:
        return f"line {min(lines)}" if min(lines) == max(lines) else f"lines {min(lines)}-{max(lines)}"
    first = refs[0] if refs else SourceRef()
    if first.cue is not None:
        return f"cue {first.cue}"
    return first.pointer
