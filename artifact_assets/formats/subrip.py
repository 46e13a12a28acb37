r"""SubRip (SRT) and YouTube SBV captions.

What belongs here: their timing lines and markup. What does not: finding cues (``cues``), rolling captions and ``Name:``
labels (``captions``).

Written here rather than read with pysubs2, which drops identifiers, joins lines with its own ``\N`` and reads text
without a time as part of the cue before without saying so.
"""

from __future__ import annotations

import re

from artifact_assets.formats.captions import ROLLING_MESSAGE, Rolling, name_speakers
from artifact_assets.formats.cues import Times, TimingParser, arrow_times, find_cues
from artifact_assets.formats.fragment import Fragment, Reading
from artifact_assets.formats.times import clock_seconds

_TAG = re.compile(r"</?(?:i|b|u|s|font|c)(?:[ .][^<>]*)?>|\{\\[^{}]*\}", re.IGNORECASE)
_SBV = re.compile(r"\s*(\d{1,4}:\d{1,2}:\d{1,2}\.\d{1,6}),(\d{1,4}:\d{1,2}:\d{1,2}\.\d{1,6})\s*")


def read_srt(lines: list[str]) -> Reading:
    """Fragments of an SRT file."""
    return _read(lines, "-->", arrow_times)


def read_sbv(lines: list[str]) -> Reading:
    """Fragments of an SBV file: ``0:00:00.599,0:00:04.160`` above the text."""
    return _read(lines, ",", sbv_times)


def sbv_times(line: str) -> Times | None:
    """Times of an SBV timing line, or None when it is none."""
    match = _SBV.fullmatch(line) if line[:1].isdigit() else None
    if match is None:
        return None
    start, end = clock_seconds(match.group(1)), clock_seconds(match.group(2))
    return None if start is None or end is None else (start, end)


def _read(lines: list[str], mark: str, times_of: TimingParser) -> Reading:
    reading = Reading()
    rolling = Rolling()
    _add_cues(lines, mark, times_of, reading, rolling, fresh=False)
    if rolling.rolls:
        reading = Reading()
        _add_cues(lines, mark, times_of, reading, rolling, fresh=True)
        reading.notes.add("rolling_captions", ROLLING_MESSAGE)
    name_speakers(reading)
    return reading


def _add_cues(
    lines: list[str], mark: str, times_of: TimingParser, reading: Reading, rolling: Rolling, *, fresh: bool
) -> None:
    for cue in find_cues(lines, 0, mark, times_of, reading.notes):
        shown = [text for line in cue.lines if (text := _visible(line))]
        if fresh:
            shown = rolling.fresh(shown)
        else:
            rolling.notice(shown)
        if shown:
            reading.fragments.append(
                Fragment(" ".join(shown), None, cue.start, cue.end, cue.line, cue.end_line, cue.identifier)
            )


def _visible(line: str) -> str:
    return (_TAG.sub("", line) if "<" in line or "{" in line else line).strip()
