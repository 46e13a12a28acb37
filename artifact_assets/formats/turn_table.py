"""Tables of turns, in Word or in text: which column is the time, the speaker and the words.

What belongs here: columns and rows. What does not: where the table stands (see ``docx`` and ``delimited``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from artifact_assets.formats.fields import number
from artifact_assets.formats.fragment import Fragment
from artifact_assets.formats.speakers import cleaned, numbered
from artifact_assets.formats.times import clock_seconds
from artifact_assets.formats.word_lists import word_set

_SPEAKER = word_set("speaker speaker_name name participant user sprecher orador hablante locuteur")
_TEXT = word_set("transcript text transcription utterance content message sentence words body said caption captions")
_START = word_set("timestamp time start start_time start_timestamp starttime begin from zeit in")
_END = word_set("end end_time end_timestamp endtime stop to out")
_CLOCK = re.compile(r"\d{1,4}:\d{2}(?::\d{2})?(?:[.,]\d{1,9})?")


class Columns(NamedTuple):
    """Positions of the columns of a table; None where it has none."""

    text: int
    speaker: int | None
    start: int | None
    end: int | None


def columns_of(head: Sequence[str]) -> Columns | None:
    """The columns by the first row of a table, or None when it is no table of turns."""
    names = [" ".join(re.sub(r"\([^()]*\)", " ", cell[:60]).replace("_", " ").casefold().split()) for cell in head]

    def position(known: frozenset[str]) -> int | None:
        return next((at for at, name in enumerate(names) if name in known), None)

    text, speaker, start = position(_TEXT), position(_SPEAKER), position(_START)
    return (
        None if text is None or (speaker is None and start is None) else Columns(text, speaker, start, position(_END))
    )


def fragment_of(row: Sequence[str], columns: Columns, line: int, end_line: int) -> Fragment | None:
    """The turn of one row, or None when it has no words."""
    text = " ".join(_cell(row, columns.text).split())
    if not text:
        return None
    clocks = _CLOCK.findall(_cell(row, columns.start))
    start = clock_seconds(clocks[0]) if clocks else number(_cell(row, columns.start).strip())
    ended = _CLOCK.findall(_cell(row, columns.end)) or clocks[1:2]
    end = clock_seconds(ended[0]) if ended else number(_cell(row, columns.end).strip())
    name = _cell(row, columns.speaker)
    speaker = numbered(name.strip()) if len(name.strip()) <= 4 else cleaned(name)
    return Fragment(text, speaker, start, end, line, end_line)


def _cell(row: Sequence[str], position: int | None) -> str:
    return row[position] if position is not None and position < len(row) else ""
