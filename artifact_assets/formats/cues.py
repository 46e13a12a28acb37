"""Cue files in general: timing lines, the text between them, and identifiers. WebVTT, SRT and SBV share this.

What belongs here: finding cues. What does not: markup and speakers (see ``webvtt``, ``subrip`` and ``captions``).

Cues are found by their timing lines, not by blank lines, because real files lose and gain blank lines: webvtt-py raises
on text before the header and drops seconds-only timestamps, pysubs2 drops identifiers and reads voice spans as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from artifact_assets.formats.fragment import Notes

Times = tuple[float | None, float | None]
TimingParser = Callable[[str], Times | None]

_STAMP = r"(?:(?:(\d{1,4}):)?(\d{1,4}):)?(\d{1,6})(?:[.,](\d{1,9}))?"
_ARROW = re.compile(rf"[ \t\f]*{_STAMP}[ \t\f]*-->[ \t\f]*{_STAMP}(?![^ \t\f])")
_ATTEMPT = re.compile(r"[\d\s:.,;-]*-->|\s*\d{1,6}:\d\S*\s[^\n]*-->")


class Cue(NamedTuple):
    """One cue: its identifier, times in seconds, payload lines as written, and the lines it covers, counted from 1."""

    identifier: str | None
    start: float | None
    end: float | None
    lines: list[str]
    line: int
    end_line: int


def arrow_times(line: str) -> Times | None:
    """Times of a timing line with an arrow, or None when it is none.

    Beyond the specifications: one-digit fields, any number of fraction digits or none, a comma or a dot, minutes above 59
    without hours, and bare seconds (``0.860 --> 7.380``).
    """
    match = _ARROW.match(line)
    if match is None:
        return None
    hours, minutes, seconds, fraction, hours2, minutes2, seconds2, fraction2 = match.groups()
    start = _seconds(hours, minutes, seconds, fraction)
    end = _seconds(hours2, minutes2, seconds2, fraction2)
    return None if start is None or end is None else (start, end)


def _seconds(hours: str | None, minutes: str | None, seconds: str, fraction: str | None) -> float | None:
    if minutes is None:
        whole = int(seconds)
    elif len(seconds) > 2 or (hours is not None and int(minutes) > 59) or int(seconds) > 59:
        return None
    else:
        whole = int(minutes) * 60 + int(seconds)
        if hours is not None:
            whole += int(hours) * 3600
    if not fraction:
        return float(whole)
    unit = 10 ** len(fraction)
    return (whole * unit + int(fraction)) / unit  # one division: 1 + 0.852 would be 1.8519999999999999


def find_cues(
    lines: list[str],
    first: int,
    mark: str,
    times_of: TimingParser,
    notes: Notes,
    comments: tuple[str, ...] = (),
) -> Iterator[Cue]:
    """The cues of ``lines`` from index ``first`` on. ``mark`` is what every timing line holds.

    Blocks that begin with one of ``comments`` are no text. A block without a time continues the cue before it; a timing
    line that can't be read leaves its text without times. Both are noted.
    """
    between = _Between(lines, mark, notes, comments)
    at: int = first - 1
    times: Times = (None, None)
    identifier: str | None = None
    for index in range(first, len(lines)):
        line = lines[index]
        if mark not in line:
            continue
        found = times_of(line)
        if found is None:
            continue
        following_identifier, stop = _identifier(lines, at, index, identifier)
        if at < first:
            yield from between.cues(first, stop, None)
        else:
            yield from _cue_and_rest(lines, at, stop, times, identifier, between)
        at, times, identifier = index, found, following_identifier
    if at < first:
        yield from between.cues(first, len(lines), None)
    else:
        yield from _cue_and_rest(lines, at, len(lines), times, identifier, between)


def _cue_and_rest(
    lines: list[str], at: int, stop: int, times: Times, identifier: str | None, between: _Between
) -> Iterator[Cue]:
    """The cue whose timing line is ``at``, and whatever stands between its text and line index ``stop``."""
    last = at + 1
    while last < stop and lines[last] and not lines[last].isspace():
        last += 1
    # WebVTT ends a payload at an empty line only; YouTube starts payloads with a line of one space
    while last + 1 < stop and lines[last] and lines[last + 1].strip():
        last += 1
        while last < stop and lines[last].strip():
            last += 1
    cue = Cue(identifier, times[0], times[1], lines[at + 1 : last], at + 1, last)
    if last + 1 < stop:
        yield from between.cues(last, stop, cue)
    else:
        yield cue


def _identifier(lines: list[str], timing: int, following: int, before: str | None) -> tuple[str | None, int]:
    """The identifier above the timing line ``following``, and where the text of the cue at ``timing`` stops."""
    above = following - 1
    candidate = lines[above] if above > timing else ""
    if not candidate or candidate.isspace():
        return None, following
    if above - 1 <= timing:
        alone = above - 1 < timing or timing < 0
        return (candidate.strip(), above) if alone or _follows(before, candidate) else (None, following)
    if not lines[above - 1].strip() or _follows(before, candidate):
        return candidate.strip(), above
    return None, following


def _follows(before: str | None, candidate: str) -> bool:
    """Whether ``candidate`` is the number after ``before``: files without blank lines still count their cues."""
    text = candidate.strip()
    short = before is not None and len(before) < 10 and len(text) < 10
    return short and before is not None and before.isdecimal() and text.isdecimal() and int(text) == int(before) + 1


class _Between:
    """Reads what stands between cues: comments, text that lost its time, timing lines nobody can read."""

    def __init__(self, lines: list[str], mark: str, notes: Notes, comments: tuple[str, ...]) -> None:
        self.lines = lines
        self.mark = mark
        self.notes = notes
        self.comments = comments

    def cues(self, first: int, stop: int, cue: Cue | None) -> Iterator[Cue]:
        """``cue``, with text added that follows it without a time, then cues without a readable time."""
        index = first
        while index < stop:
            if not self.lines[index].strip():
                index += 1
                continue
            last = index
            while last < stop and self.lines[last].strip():
                last += 1
            block, place = self.lines[index:last], f"line {index + 1}"
            attempt = next((at for at in (0, 1) if at < len(block) and self._is_attempt(block[at])), None)
            if self._is_comment(block[0]):
                pass
            elif attempt is not None:
                self.notes.add(
                    "unreadable_time", "A cue time could not be read; its text is kept without a time.", place
                )
                if cue is not None:
                    yield cue
                identifier = block[0].strip() if attempt else None
                cue = Cue(identifier, None, None, block[attempt + 1 :], index + 1, last)
            elif cue is None:
                self.notes.add("text_before_cues", "Text before the first cue was not read as speech.", place)
            else:
                self.notes.add("text_without_time", "Text without a time was added to the cue before it.", place)
                cue.lines.extend(block)  # in place: copying would take quadratic time for a file of such blocks
                cue = cue._replace(end_line=last)
            index = last
        if cue is not None:
            yield cue

    def _is_comment(self, line: str) -> bool:
        return any(line == word or line.startswith((word + " ", word + "\t")) for word in self.comments)

    def _is_attempt(self, line: str) -> bool:
        return self.mark in line and _ATTEMPT.match(line) is not None
