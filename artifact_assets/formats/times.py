"""Times as transcripts write them, as seconds.

What belongs here: clock notation and bounds. What does not: dates (see ``dates``).
"""

from __future__ import annotations

import re

LONGEST_SECONDS = 7 * 24 * 3600.0
"""No meeting runs longer than a week; a larger offset is another unit or a date and is dropped with a note."""

CLOCK = r"(?:\d{1,4}:)?\d{1,4}:\d{1,2}(?:[.,]\d{1,9})?"
"""``h:mm:ss.fff`` or ``m:ss``, as a regular expression without groups."""

_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2})(?:[.,](\d{1,9}))?")


def clock_seconds(text: str) -> float | None:
    """Seconds of ``h:mm:ss``, ``mm:ss`` or either with a fraction; None when it is no such time.

    Minutes above 59 are read without hours only (``75:30``); seconds must stay under 60.
    """
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    hours, minutes, seconds, fraction = match.groups()
    if int(seconds) > 59 or (hours is not None and int(minutes) > 59):
        return None
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    unit = 10 ** len(fraction or "")
    return (whole * unit + int(fraction or 0)) / unit  # one division: 1 + 0.852 would be 1.8519999999999999


def bounded(seconds: float | None) -> float | None:
    """``seconds`` when it is a usable offset: finite, not negative, within a week; else None."""
    if seconds is None or not 0 <= seconds <= LONGEST_SECONDS:
        return None
    return seconds
