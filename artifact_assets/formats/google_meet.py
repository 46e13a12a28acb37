"""Google Meet transcripts, as exported from Docs or pasted as text and Markdown.

What belongs here: Meet's title block, five-minute marks, disclaimer and closing line. What does not: ``Name: text``
(``dialogue``). Meet gives no time to a turn: the marks every five minutes are places in the document, not starts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from artifact_assets.formats.dates import written_date
from artifact_assets.formats.dialogue import examined, read_dialogue
from artifact_assets.formats.fragment import Reading
from artifact_assets.formats.preamble import add_people

_MARK = re.compile(r"\s*(?:#{1,6}\s*)?\**(\d{2}):([0-5]\d):([0-5]\d)\**\s*")
_DISCLAIMER = re.compile(
    r"[_*\s]*(?:This editable transcript was computer generated|People can also change the text after it was created"
    r"|You should review Gemini's notes|Please provide feedback about using Gemini|Get tips and learn how Gemini).*",
    re.IGNORECASE,
)
_ENDED = re.compile(r"[_*\s]*(?:Meeting|Transcription) ended after \d{1,2}:\d{2}:\d{2}.*", re.IGNORECASE)
_START = re.compile(r"\s*(?:#{1,6}\s*)?(?:📖\s*)?\**Transcript\**:?\s*", re.IGNORECASE)
_TITLE = re.compile(
    r"\s*(?:#{1,6}\s*)?(.{1,150}?)\s*(?:\((20\d\d[-/]\d\d[-/]\d\d[^()]{0,30})\)\s*)?[-–—]\s*Transcript\s*",
    re.IGNORECASE,
)
_PEOPLE = re.compile(r"\s*(?:#{1,6}\s*)?\**(?:Attendees|Invited)\**:?\s*(.*)", re.IGNORECASE)
_NOTES = re.compile(r"\s*(?:#{1,6}\s*)?📝\s*Notes\s*", re.IGNORECASE)


def signs(lines: Sequence[str]) -> int:
    """How many different marks of Google Meet the text carries."""
    near = [*lines[:60], *lines[-12:]]
    marks = sum(1 for line in lines if is_mark(line))
    return (
        any(_DISCLAIMER.fullmatch(line) for line in near)
        + any(_ENDED.fullmatch(line) for line in near)
        + (marks >= 1)
        + any(_TITLE.fullmatch(line) or _NOTES.fullmatch(line) for line in lines[:10])
    )


def is_mark(line: str) -> bool:
    """Whether ``line`` is a five-minute mark such as ``00:05:00``."""
    match = _MARK.fullmatch(line) if ":" in line[:14] else None
    return match is not None and int(match[2]) % 5 == 0 and match[3] == "00"


def read_google_meet(lines: Sequence[str]) -> Reading:
    """Fragments of the part under ``Transcript``; notes by Gemini above it are no speech."""
    reading = Reading()
    begin = (
        max(
            (index for index, line in enumerate(lines[: len(lines) - 1]) if _START.fullmatch(line)),
            default=-1,
        )
        + 1
    )
    if begin:
        _read_block(lines[:begin], reading)
    skipped = set(range(begin))
    for index in range(begin, len(lines)):
        line = lines[index]
        if is_mark(line) or _MARK.fullmatch(line) or _DISCLAIMER.fullmatch(line) or _ENDED.fullmatch(line):
            skipped.add(index)
        elif index < begin + 8 and _TITLE.fullmatch(line):
            _read_block([line], reading)
            skipped.add(index)
        elif index < begin + 8 and reading.started_at is None and len(line) < 60 and ":" not in line:
            reading.started_at = written_date(line)
            if reading.started_at is not None:
                skipped.add(index)
    read_dialogue(examined(lines, frozenset(skipped)), reading)
    return reading


def _read_block(lines: Sequence[str], reading: Reading) -> None:
    people_next = False
    for line in lines[:40]:
        title, people = _TITLE.fullmatch(line), _PEOPLE.fullmatch(line)
        if title is not None:
            reading.title = reading.title or title[1].strip()
            if title[2]:
                reading.started_at = reading.started_at or written_date(title[2])
        elif people is not None:
            add_people(people[1], reading)
            people_next = not people[1]
        elif people_next and line.strip():
            add_people(line, reading)
            people_next = False
        elif reading.started_at is None and len(line) < 60:
            reading.started_at = written_date(line)
    if any(_NOTES.fullmatch(line) for line in lines):
        reading.notes.add(
            "summary_left_out",
            "A summary section in the file was not read as speech.",
            "line 1",
        )
