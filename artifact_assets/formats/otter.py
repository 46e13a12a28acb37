"""Otter text exports, Zoom's saved captions, and any text with ``Name  0:12`` on a line above each paragraph.

What belongs here: Otter's footer and header. What does not: the notation of turns (``turn_lines``, ``dialogue``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from artifact_assets.formats.dialogue import examined, read_dialogue
from artifact_assets.formats.fragment import Reading

_FOOTER = re.compile(r"\s*Transcribed by\s+https?://otter\.ai/?\s*", re.IGNORECASE)
_CLOCK_LINE = re.compile(r"\[[^\[\]]{1,80}\] \d{1,2}:\d{2}:\d{2}")
EARLIEST_CLOCK = 3600.0
_LISTS = ("summary keywords", "speakers", "keywords")


def has_footer(lines: Sequence[str]) -> bool:
    """Whether Otter's own line stands at the end. In the middle it is a phrase that recognizers invent."""
    return any(_FOOTER.fullmatch(line) for line in lines[-5:])


def read_otter(lines: Sequence[str]) -> Reading:
    """Fragments by header line; ``Name: text`` inside a paragraph stays text, because headers already name speakers."""
    reading = Reading()
    skipped: set[int] = set()
    for index, line in enumerate(lines):
        if _FOOTER.fullmatch(line):
            skipped.add(index)
        elif index < 12 and line.strip().casefold() in _LISTS:
            skipped.add(index)
            following = index + 1
            while following < len(lines) and lines[following].strip():
                skipped.add(following)
                following += 1
    read_dialogue(examined(lines, frozenset(skipped)), reading, labels=False)
    if sum(1 for line in lines if _CLOCK_LINE.fullmatch(line.strip())) > 1:
        _count_from_first(reading)
    return reading


def _count_from_first(reading: Reading) -> None:
    """Zoom's saved captions tell the time of day; a meeting's first words do not come after an hour."""
    first = min((fragment.start for fragment in reading.fragments if fragment.start is not None), default=0.0)
    if first < EARLIEST_CLOCK:
        return
    reading.fragments = [
        fragment if fragment.start is None else fragment._replace(start=fragment.start - first)
        for fragment in reading.fragments
    ]
    reading.notes.add("clock_times", "The file tells the time of day; times count from its first turn.")
