"""Typed notes without speakers: each line is a turn of its own, so that evidence names the line.

What belongs here: prose and bullet points somebody typed. What does not: text with speakers (``dialogue``).
"""

from __future__ import annotations

from collections.abc import Sequence

from artifact_assets.formats.fragment import Fragment, Reading
from artifact_assets.formats.preamble import read_field

PREAMBLE_LINES = 15


def read_notes(lines: Sequence[str]) -> Reading:
    """One fragment per line with words. Field lines near the top also give title, date and people."""
    reading = Reading()
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not any(character.isalnum() for character in text):
            continue
        if number <= PREAMBLE_LINES:
            read_field(text, reading)
            if reading.title is None and text.startswith("# "):
                reading.title = text.lstrip("# ").strip()
        reading.fragments.append(Fragment(text, None, None, None, number, number, apart=True))
    reading.notes.add("no_speakers", "The file names no speakers; each line is a turn of its own.")
    return reading
