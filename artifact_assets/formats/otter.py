"""Otter text exports, and any text with ``Name  0:12`` on a line above each paragraph.

What belongs here: Otter's footer and header. What does not: the notation of turns (``turn_lines``, ``dialogue``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from artifact_assets.formats.dialogue import Dialogue, examined, read_dialogue
from artifact_assets.formats.fragment import Reading

_FOOTER = re.compile(r"\s*Transcribed by\s+https?://otter\.ai/?\s*", re.IGNORECASE)
_LISTS = ("summary keywords", "speakers", "keywords")


def has_footer(lines: Sequence[str]) -> bool:
    """Whether Otter's own line stands at the end. In the middle it is a phrase that recognizers invent."""
    return any(_FOOTER.fullmatch(line) for line in lines[-5:])


def header_count(dialogue: Dialogue) -> int:
    """Lines with a name and a time and nothing else, which only a header has."""
    return sum(1 for line in dialogue.lines if line.opening is not None and line.opening.header)


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
    return reading
