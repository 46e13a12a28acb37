"""Cue files in general: timing lines, the text between them, and identifiers. WebVTT, SRT and SBV share this.

What belongs here: finding cues. What does not: markup and speakers (see ``webvtt``, ``subrip`` and ``captions``).

Cues are found by their timing lines, not by blank lines, because real files lose and gain blank lines: webvtt-py raises
on text before the header and drops seconds-only timestamps, pysubs2 drops identifiers and reads voice spans as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from artifact_assets.formats.fragment import Notes

Times = tuple[float | None, float | None]
TimingParser = Callable[[str], Times | None]

_STAMP = r"(?:(?:(\d{1,4}):)?(\d{1,4}):)?(\d{1,6})(?:[.,](\d{1,9}))?"
_ARROW = re.compile(rf"[ \t\f]*{_STAMP}[ \t\f]*-->[ \t\f]*{_STAMP}(?![^ \t\f])")
_ATTEMPT = re.compile(r"[\d\s:.,;-]*-->|\s*\d+:\d+\S*\s[^\n]*-->")


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
    return whole + int(fraction) / 10 ** len(fraction) if fraction else float(whole)


def find_cues(
    lines: list[str],
    first: int,
    mark: str,
    times_of: TimingParser,
    notes: Notes,
    comments: tuple[str, ...] = (),
) -> list[Cue]:
    """The cues of ``lines`` from index ``first`` on. ``mark`` is what every timing line holds.

    Blocks that begin with one of ``comments`` are no text. A block without a time continues the cue before it; a timing
    line that can't be read leaves its text without times. Both are noted.
    """
    timed: list[tuple[int, Times]] = []
    for index in range(first, len(lines)):
        if mark in lines[index]:
            times = times_of(lines[index])
            if times is not None:
                timed.append((index, times))
    cues: list[Cue] = []
    above = timed[0][0] if timed else len(lines)
    identifier, stop = _identifier(lines, first - 1, above, None) if timed else (None, above)
    _add_untimed(lines, first, stop, cues, mark, notes, comments, start_of_file=True)
    for position, (index, (start, end)) in enumerate(timed):
        following = timed[position + 1][0] if position + 1 < len(timed) else len(lines)
        if position + 1 < len(timed):
            next_identifier, stop = _identifier(lines, index, following, identifier)
        else:
            next_identifier, stop = None, following
        last = index + 1
        while last < stop and lines[last] and not lines[last].isspace():
            last += 1
        # WebVTT ends a payload at an empty line only; YouTube starts payloads with a line of one space
        while last + 1 < stop and lines[last] and lines[last + 1].strip():
            last += 1
            while last < stop and lines[last].strip():
                last += 1
        cues.append(Cue(identifier, start, end, lines[index + 1 : last], index + 1, last))
        if last + 1 < stop:
            _add_untimed(lines, last, stop, cues, mark, notes, comments)
        identifier = next_identifier
    return cues


def _identifier(lines: list[str], timing: int, following: int, before: str | None) -> tuple[str | None, int]:
    """The identifier above the timing line ``following``, and where the text of the cue at ``timing`` stops."""
    above = following - 1
    candidate = lines[above] if above > timing else ""
    if not candidate or candidate.isspace():
        return None, following
    if above - 1 <= timing:
        alone = above - 1 < timing or timing < 0
        follows = before is not None and candidate.strip().isdecimal() and _follows(before, candidate)
        return (candidate.strip(), above) if alone or follows else (None, following)
    if not lines[above - 1].strip() or _follows(before, candidate):
        return candidate.strip(), above
    return None, following


def _follows(before: str | None, candidate: str) -> bool:
    """Whether ``candidate`` is the number after ``before``: files without blank lines still count their cues."""
    text = candidate.strip()
    short = before is not None and len(before) < 10 and len(text) < 10
    return short and before is not None and before.isdecimal() and text.isdecimal() and int(text) == int(before) + 1


def _add_untimed(
    lines: list[str],
    first: int,
    stop: int,
    cues: list[Cue],
    mark: str,
    notes: Notes,
    comments: tuple[str, ...],
    *,
    start_of_file: bool = False,
) -> None:
    """Blocks between a cue and the next: comments, text that lost its time, or a timing line nobody can read."""
    index = first
    while index < stop:
        if not lines[index].strip():
            index += 1
            continue
        last = index
        while last < stop and lines[last].strip():
            last += 1
        block = lines[index:last]
        place = f"line {index + 1}"
        attempt = next(
            (at for at in (0, 1) if at < len(block) and mark in block[at] and _ATTEMPT.match(block[at])),
            None,
        )
        if any(block[0] == word or block[0].startswith((word + " ", word + "\t")) for word in comments):
            pass
        elif attempt is not None:
            notes.add(
                "unreadable_time",
                "A cue time could not be read; its text is kept without a time.",
                place,
            )
            identifier = block[0].strip() if attempt else None
            if block[attempt + 1 :]:
                cues.append(Cue(identifier, None, None, block[attempt + 1 :], index + 1, last))
        elif start_of_file or not cues:
            notes.add(
                "text_before_cues",
                "Text before the first cue was not read as speech.",
                place,
            )
        else:
            notes.add(
                "text_without_time",
                "Text without a time was added to the cue before it.",
                place,
            )
            cue = cues[-1]
            cues[-1] = cue._replace(lines=[*cue.lines, *block], end_line=last)
        index = last
