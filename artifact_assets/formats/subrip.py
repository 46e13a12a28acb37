r"""SubRip (SRT) and YouTube SBV captions.

What belongs here: their timing lines and markup. What does not: finding cues (``cues``), rolling captions and ``Name:``
labels (``captions``).

Written here rather than read with pysubs2, which drops identifiers, joins lines with its own ``\N`` and reads text
without a time as part of the cue before without saying so.
"""

from __future__ import annotations

import re

from artifact_assets.formats.captions import Utterance, add_fragments, without_rolling
from artifact_assets.formats.cues import Times, TimingParser, arrow_times, find_cues
from artifact_assets.formats.encoding import split_lines
from artifact_assets.formats.fragment import Reading
from artifact_assets.formats.times import clock_seconds

_TAG = re.compile(r"</?(?:i|b|u|s|font|c)(?:[ .][^<>]*)?>|\{\\[^{}]*\}", re.IGNORECASE)
_SBV = re.compile(r"\s*(\d{1,4}:\d{1,2}:\d{1,2}\.\d{1,6}),(\d{1,4}:\d{1,2}:\d{1,2}\.\d{1,6})\s*")


def read_srt(text: str) -> Reading:
    """Fragments of an SRT file."""
    return _read(text, "-->", arrow_times)


def read_sbv(text: str) -> Reading:
    """Fragments of an SBV file: ``0:00:00.599,0:00:04.160`` above the text."""
    return _read(text, ",", sbv_times)


def sbv_times(line: str) -> Times | None:
    """Times of an SBV timing line, or None when it is none."""
    match = _SBV.fullmatch(line) if line[:1].isdigit() else None
    if match is None:
        return None
    start, end = clock_seconds(match.group(1)), clock_seconds(match.group(2))
    return None if start is None or end is None else (start, end)


def _read(text: str, mark: str, times_of: TimingParser) -> Reading:
    reading = Reading()
    cues = find_cues(split_lines(text), 0, mark, times_of, reading.notes)
    lines_of = [[shown for line in cue.lines if (shown := _visible(line))] for cue in cues]
    rolling = without_rolling(lines_of)
    if rolling is not None:
        reading.notes.add(
            "rolling_captions",
            "Rolling captions were read once: lines repeated from cue to cue were dropped.",
        )
    utterances = [
        Utterance(
            " ".join(lines),
            None,
            cue.start,
            cue.end,
            cue.line,
            cue.end_line,
            cue.identifier,
        )
        for cue, lines in zip(cues, rolling or lines_of, strict=True)
        if lines
    ]
    add_fragments(reading, utterances)
    return reading


def _visible(line: str) -> str:
    return (_TAG.sub("", line) if "<" in line or "{" in line else line).strip()
