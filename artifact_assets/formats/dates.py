"""When a meeting began, as files and vendors write it.

What belongs here: dates from text and numbers. What does not: offsets inside a meeting (see ``times``), and the clock:
a date is read or absent, never today's.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from artifact_assets.formats.fields import Json, number

_EARLIEST, _LATEST = (
    946_684_800,
    4_102_444_800,
)  # 2000 to 2100: what a number must lie between to be a date in seconds
_FRACTION = re.compile(r"(\d{2}:\d{2}:\d{2})[.,](\d+)")
_SHORT_OFFSET = re.compile(r"([+-]\d{2})(\d{2})$")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WRITTEN = re.compile(
    r"(?P<m1>[A-Z][a-z]{2,8})\.? (?P<d1>\d{1,2})(?:st|nd|rd|th)?,? (?P<y1>20\d{2})"
    r"|(?P<d2>\d{1,2})\.? (?P<m2>[A-Z][a-z]{2,8})\.?,? (?P<y2>20\d{2})"
)
_CLOCK = re.compile(r"(?<![\d:])(\d{1,2}):(\d{2})(?::(\d{2}))?(?![\d:])\s*([AaPp]\.?[Mm])?")
_NUMERIC = re.compile(r"(?<!\d)(20\d{2})[-/_.](\d{2})[-/_.](\d{2})(?!\d)")
_ZONE = re.compile(r"\b(?:UTC|GMT)(?:\s?([+-])(\d{1,2})(?::?(\d{2}))?)?(?![\w])|(?<=\d)Z\b")


def instant(value: Json) -> datetime | None:
    """A date and time from ISO 8601 text or an epoch in seconds or milliseconds; naive when the text has no offset."""
    amount = number(value)
    if amount is not None:
        if abs(amount) >= _EARLIEST * 1000:
            amount /= 1000
        return datetime.fromtimestamp(amount, UTC) if _EARLIEST <= amount <= _LATEST else None
    if not isinstance(value, str) or not 10 <= len(value) <= 40:
        return None
    text = _FRACTION.sub(lambda match: f"{match[1]}.{match[2][:6]:0<6}", value.strip())
    text = _SHORT_OFFSET.sub(r"\1:\2", text.replace(" UTC", "Z").replace("Z", "+00:00"))
    try:
        return _plausible(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None


def written_date(text: str) -> datetime | None:
    """A date, and a time when there is one, inside a line of text: ``November 17, 2026, 10:00AM``, ``2026-11-17 10:00 UTC``.

    Naive without a zone; only UTC and GMT offsets are zones, because letters such as CST name several. All-numeric dates
    are read year first only: 03/04/2026 means two different days.
    """
    head = text[:200]
    numeric, written = _NUMERIC.search(head), _WRITTEN.search(head)
    if numeric is not None:
        year, month, day = (int(part) for part in numeric.groups())
        rest = head[numeric.end() :]
    elif written is not None:
        name = (written["m1"] or written["m2"])[:3].lower()
        if name not in _MONTHS:
            return None
        year, month, day = (
            int(written["y1"] or written["y2"]),
            _MONTHS.index(name) + 1,
            int(written["d1"] or written["d2"]),
        )
        rest = head[written.end() :]
    else:
        return None
    clock = _CLOCK.search(rest)
    hour, minute, second = (int(clock[1]), int(clock[2]), int(clock[3] or 0)) if clock else (0, 0, 0)
    if clock is not None and clock[4]:
        hour = hour % 12 + (12 if clock[4][0] in "pP" else 0)
    return in_zone(year, month, day, hour, minute, second, rest if clock else "")


def in_zone(year: int, month: int, day: int, hour: int, minute: int, second: int, zone_text: str) -> datetime | None:
    """A datetime in the UTC or GMT offset named in ``zone_text``, naive without one; None when it is no date."""
    zone = _ZONE.search(zone_text)
    try:
        moment = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - naive is what the file says
        if zone is None:
            return _plausible(moment)
        offset = timedelta(hours=int(zone[2] or 0), minutes=int(zone[3] or 0))
        return _plausible(moment.replace(tzinfo=timezone(-offset if zone[1] == "-" else offset) if offset else UTC))
    except ValueError:
        return None


def _plausible(moment: datetime) -> datetime | None:
    return moment if 2000 <= moment.year < 2100 else None
