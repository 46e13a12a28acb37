"""Cues become fragments: rolling captions deduplicated, lines joined, speakers found.

What belongs here: what WebVTT, SRT and SBV have in common once markup is gone. What does not: markup (see ``webvtt`` and
``subrip``) and finding cues (see ``cues``).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from artifact_assets.formats.assembly import SENTENCE_ENDS
from artifact_assets.formats.fragment import Fragment, Reading
from artifact_assets.formats.labels import SpeakerLabels, label_of
from artifact_assets.formats.speakers import cleaned

ROLLING_SHARE = 0.4
"""From this share of cues that begin with the line the cue before ended with, a file is a rolling caption."""
REPEATED_LABEL_SHARE = 0.1
"""From this share of labels that repeat the label before, a file labels every cue and an unlabelled cue is nobody's."""


class Utterance(NamedTuple):
    """Part of one cue said by one voice. ``voice`` is None where markup names nobody; ``text`` has no markup left."""

    text: str
    voice: str | None
    start: float | None
    end: float | None
    line: int
    end_line: int
    cue: str | None


def without_rolling(lines_of: Sequence[list[str]], *, certain: bool = False) -> list[list[str]] | None:
    """The new lines of each cue when the cues roll (each shows the one before and a line more); else None.

    ``lines_of`` holds the visible lines of each cue. Two equal lines in a row are deduplicated only in a file that rolls
    as a whole, so that a person who says "yes" twice is heard twice; cues of one equal line each are no sign of rolling.
    """
    if not certain:
        shown = [lines for lines in lines_of if lines]
        pairs = pairwise(shown)
        repeats = sum(1 for one, two in pairs if one[-1] == two[0] and len(one) + len(two) > 2)
        if len(shown) < 4 or repeats < ROLLING_SHARE * (len(shown) - 1):
            return None
    fresh: list[list[str]] = []
    before: list[str] = []
    for lines in lines_of:
        overlap = 0
        for size in range(min(len(before), len(lines)), 0, -1):
            if before[-size:] == lines[:size]:
                overlap = size
                break
        fresh.append(lines[overlap:])
        if lines:
            before = lines
    return fresh


def add_fragments(reading: Reading, utterances: Sequence[Utterance]) -> None:
    """Fragments of ``utterances``: voices as given, else ``Name: text`` labels.

    Some tools label every cue, some only a change of speaker. When labels repeat from cue to cue, a cue without one has
    no known speaker; when they do not, it belongs to the speaker before.
    """
    labels, carry = _labels(utterances)
    speaker: str | None = None
    carried = False
    for text, voice, start, end, line, end_line, cue in utterances:
        said = text
        if voice is not None:
            who = cleaned(voice)
        else:
            found = labels.split(text) if labels is not None and (":" in text or "：" in text) else None
            if found is not None:
                who = speaker = cleaned(found[0])
                said = found[1]
            elif text.startswith(">>"):
                who = speaker = None
            else:
                who = speaker if carry else None
                carried = carried or who is not None
        reading.fragments.append(Fragment(said, who, start, end, line, end_line, cue))
    if carried:
        reading.notes.add(
            "speaker_carried_over",
            "Speakers are named only where they change; cues without a name follow the one before.",
        )


def _labels(utterances: Sequence[Utterance]) -> tuple[SpeakerLabels | None, bool]:
    """The speaker labels of the file, and whether cues without one inherit the speaker before."""
    candidates: list[tuple[str, bool]] = []
    under_way = False
    for utterance in utterances:
        text = utterance.text
        if utterance.voice is None and (":" in text or "：" in text):
            found = label_of(text)
            if found is not None:
                candidates.append((found[0], under_way))
        under_way = not text.endswith(SENTENCE_ENDS)
    if not candidates:
        return None, False
    labels = SpeakerLabels(candidates)
    spoken = [label for label, _ in candidates if label in labels]
    repeats = sum(1 for before, after in pairwise(spoken) if before == after)
    return labels, repeats <= REPEATED_LABEL_SHARE * len(spoken)
