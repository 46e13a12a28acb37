"""What a file's name tells: a title and a date, where tools write them by a known pattern.

What belongs here: patterns of names. What does not: the content, which always wins, and the file's modification time,
which is never used: copying a file changes it.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from artifact_assets.formats.dates import in_zone

_ENDINGS = re.compile(
    r"(?:\.(?:transcript|meta|cc|en|en-US|vcon|closed_caption|txt|vtt|srt|sbv|docx|json|md|html?|text))+$",
    re.IGNORECASE,
)
_ZOOM = re.compile(
    r"GMT(\d{4})(\d{2})(\d{2})-(\d{2})(\d{2})(\d{2})(?:[_ -](?:Recording|Transcript|\d+x\d+).*)?",
    re.IGNORECASE,
)
_STAMPED = re.compile(r"(?<!\d)(20\d{2})(\d{2})(\d{2})[_T-](\d{2})(\d{2})(\d{2})?(Z|UTC)?(?!\d)")
_DATED = re.compile(
    r"(?<!\d)(20\d{2})[-_./](\d{2})[-_./](\d{2})"
    r"(?:[ T_-]+(?:at )?(\d{2})[-_:.h]?(\d{2})(?:[-_:.](\d{2}))?(?!\d)\s?((?:GMT|UTC)(?:[+-]\d{1,2}(?:[:_]?\d{2})?)?"
    r"|Z(?![A-Za-z]))?)?"
)
_COMPACT = re.compile(r"(?<!\d)(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)")
_NO_TITLE = re.compile(
    r"(?:meeting|audio|video|recording|transcript|transcription|captions?|subtitles?|export|file|untitled|output|stdin"
    r"|otter ai|notes by gemini|call|new|copy|zoom|teams|\(?\d+\)?|[0-9a-f]{8,}(?:-[0-9a-f]{4,})*|[\W_]+)"
    r"(?:\s+(?:meeting|recording|transcript|captions|\(?\d+\)?))*",
    re.IGNORECASE,
)
_TAILS = re.compile(
    r"(?:[\s_–—-]+(?:meeting recording|recording|meeting transcript|transcript|notes by gemini|otter ai|otter\.ai|captions))+$",
    re.IGNORECASE,
)


class NamedMeeting(NamedTuple):
    """Title and start a file name tells. ``date_only`` says that the time of day is unknown and stands at midnight."""

    title: str | None
    started_at: datetime | None
    date_only: bool


def told_by_name(file_name: str) -> NamedMeeting:
    """What ``file_name`` tells; folders before it and its endings are ignored. Hostile names give None."""
    base = re.split(r"[/\\]", file_name[-400:])[-1]
    stem = _ENDINGS.sub("", base).strip()
    zoom = _ZOOM.fullmatch(stem)
    if zoom is not None:
        return NamedMeeting(None, _moment(zoom.groups(), "UTC"), False)
    for pattern, zone in ((_STAMPED, 6), (_DATED, 6), (_COMPACT, None)):
        match = pattern.search(stem)
        if match is None:
            continue
        parts = match.groups()
        timed = len(parts) > 3 and parts[3] is not None
        started_at = _moment(
            parts[:6],
            (parts[zone] or "").replace("_", ":") if zone is not None and timed else "",
        )
        if started_at is not None:
            return NamedMeeting(
                _title(stem[: match.start()] + " " + stem[match.end() :]),
                started_at,
                not timed,
            )
    return NamedMeeting(_title(stem), None, False)


def _moment(parts: tuple[str | None, ...], zone: str) -> datetime | None:
    year, month, day, hour, minute, second = (int(part or 0) for part in (*parts, *[None] * (6 - len(parts))))
    return in_zone(year, month, day, hour, minute, second, "0" + zone if zone == "Z" else zone)


def _title(text: str) -> str | None:
    title = " ".join(text.replace("_", " ").split()).strip(" -–—_.,")
    title = _TAILS.sub("", " " + title).strip(" -–—_.,()")
    return None if not title or len(title) > 150 or _NO_TITLE.fullmatch(title) or not title.isprintable() else title
