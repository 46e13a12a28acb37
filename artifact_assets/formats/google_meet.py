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

LONGEST_SIGN = 400
"""Characters of a line that can be more than speech; the people line of a big meeting is the longest."""
LONGEST_DATE = 60
BLOCK_LINES = 40
TITLE_LINES = 8

# All are matched against lines without runs of white space, so that none takes more than linear time.
_MARK = re.compile(r"(?:#{1,6} )?\**(\d{2}):([0-5]\d):([0-5]\d)\**")
_DISCLAIMER = re.compile(
    r"[_* ]{0,4}(?:This editable transcript was computer generated|People can also change the text after it was created"
    r"|You should review Gemini's notes|Please provide feedback about using Gemini|Get tips and learn how Gemini).*",
    re.IGNORECASE,
)
_ENDED = re.compile(r"[_* ]{0,4}(?:Meeting|Transcription) ended after \d{1,2}:\d{2}:\d{2}.*", re.IGNORECASE)
_START = re.compile(r"(?:#{1,6} )?(?:📖 ?)?\**Transcript\**:?", re.IGNORECASE)
_TITLE = re.compile(
    r"(?:#{1,6} )?(.{1,150}?) ?(?:\((20\d\d[-/]\d\d[-/]\d\d[^()]{0,30})\) ?)?[-–—] ?Transcript", re.IGNORECASE
)
_PEOPLE = re.compile(r"(?:#{1,6} )?\**(?:Attendees|Invited)\**:? ?(.*)", re.IGNORECASE)
_NOTES = re.compile(r"(?:#{1,6} )?📝 ?Notes", re.IGNORECASE)


def signs(lines: Sequence[str]) -> int:
    """How many different marks of Google Meet the text carries."""
    near = [_collapsed(line) for line in (*lines[:60], *lines[-12:])]
    return (
        any(_DISCLAIMER.fullmatch(line) for line in near)
        + any(_ENDED.fullmatch(line) for line in near)
        + any(is_mark(line) for line in lines)
        + any(_TITLE.fullmatch(line) or _NOTES.fullmatch(line) for line in near[:10])
    )


def is_mark(line: str) -> bool:
    """Whether ``line`` is a five-minute mark such as ``00:05:00``."""
    match = _MARK.fullmatch(_collapsed(line)) if ":" in line[:14] else None
    return match is not None and int(match[2]) % 5 == 0 and match[3] == "00"


def read_google_meet(lines: Sequence[str]) -> Reading:
    """Fragments of the part under ``Transcript``; notes by Gemini above it are no speech."""
    reading = Reading()
    shown = [_collapsed(line) for line in lines]
    begin = max((index + 1 for index, line in enumerate(shown[:-1]) if _START.fullmatch(line)), default=0)
    _read_block(shown[:begin], reading)
    skipped = set(range(begin))
    for index in range(begin, len(lines)):
        line = shown[index]
        if not line:
            continue
        if (
            _MARK.fullmatch(line)
            or _DISCLAIMER.fullmatch(line)
            or _ENDED.fullmatch(line)
            or (index < begin + TITLE_LINES and _is_heading(line, reading))
        ):
            skipped.add(index)
    read_dialogue(examined(lines, frozenset(skipped)), reading)
    return reading


def _is_heading(line: str, reading: Reading) -> bool:
    """Whether ``line`` is the title or the date above the speech; if so it is remembered."""
    if _TITLE.fullmatch(line):
        _read_block([line], reading)
        return True
    date = written_date(line) if len(line) < LONGEST_DATE and ":" not in line else None
    reading.started_at = reading.started_at or date
    return date is not None


def _read_block(lines: Sequence[str], reading: Reading) -> None:
    people_next = False
    for line in lines[:BLOCK_LINES]:
        title, people = _TITLE.fullmatch(line), _PEOPLE.fullmatch(line)
        if title is not None:
            reading.title = reading.title or title[1].strip()
            if title[2]:
                reading.started_at = reading.started_at or written_date(title[2])
        elif people is not None:
            add_people(people[1], reading)
            people_next = not people[1]
        elif people_next and line:
            add_people(line, reading)
            people_next = False
        elif reading.started_at is None and len(line) < LONGEST_DATE:
            reading.started_at = written_date(line)
    if any(_NOTES.fullmatch(line) for line in lines):
        reading.notes.add("summary_left_out", "A summary section in the file was not read as speech.", "line 1")


def _collapsed(line: str) -> str:
    """``line`` with single spaces; empty when it is too long to be anything but speech."""
    return " ".join(line.split()) if len(line) <= LONGEST_SIGN else ""
