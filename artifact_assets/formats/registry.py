"""Every format that can be read, in one list: its name, how it is recognized, and who reads it.

What belongs here: the list. What does not: parsing (one module per family) and choosing (see ``detection``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from artifact_assets.formats import own_json, webvtt
from artifact_assets.formats.cues import arrow_times
from artifact_assets.formats.dialogue import read_dialogue
from artifact_assets.formats.fields import Json
from artifact_assets.formats.fragment import Reading
from artifact_assets.formats.google_meet import read_google_meet, signs
from artifact_assets.formats.notes_text import read_notes
from artifact_assets.formats.otter import has_footer, header_count, read_otter
from artifact_assets.formats.probe import Probe
from artifact_assets.formats.subrip import read_sbv, read_srt, sbv_times

HEAD_LINES = 60


@dataclass(frozen=True)
class Format:
    """One format. ``sureness`` answers from 0 (is not) to 1 (can be nothing else) for any file and never raises."""

    name: str
    title: str
    kind: str
    sureness: Callable[[Probe], float]
    read: Callable[[Probe], Reading]


def _webvtt(probe: Probe) -> float:
    if webvtt.header_line(probe.lines) is not None:
        return 1.0
    return 0.7 if _timed(probe) and not _numbered(probe) and not _comma_times(probe) else 0.0


def _srt(probe: Probe) -> float:
    if webvtt.header_line(probe.lines) is not None or not _timed(probe):
        return 0.0
    return 0.95 if _numbered(probe) or _comma_times(probe) else 0.0


def _sbv(probe: Probe) -> float:
    return 0.95 if any(sbv_times(line) is not None for line in probe.lines[:HEAD_LINES]) else 0.0


def _timed(probe: Probe) -> bool:
    return any("-->" in line and arrow_times(line) is not None for line in probe.lines[:HEAD_LINES])


def _numbered(probe: Probe) -> bool:
    head = probe.lines[:HEAD_LINES]
    return any(above.strip().isdecimal() and arrow_times(line) is not None for above, line in pairwise(head))


def _comma_times(probe: Probe) -> bool:
    return any("," in line and arrow_times(line) is not None for line in probe.lines[:HEAD_LINES])


def _otter(probe: Probe) -> float:
    if _timed(probe):
        return 0.0
    headers = header_count(probe.dialogue)
    if has_footer(probe.lines):
        return 0.95
    return 0.85 if headers >= 2 else 0.7 if headers == 1 and len(probe.dialogue.lines) <= 6 else 0.0


def _google_meet(probe: Probe) -> float:
    found = signs(probe.lines)
    return 0.0 if not found or not probe.dialogue.labelled else 0.9 if found == 1 else 0.98


def _dialogue(probe: Probe) -> float:
    if _timed(probe):
        return 0.0
    dialogue = probe.dialogue
    openings = dialogue.labelled or dialogue.timed
    if not openings:
        return 0.0
    repeated = any(count > 1 for count in dialogue.labels.counts.values())
    share = openings / len(dialogue.lines)
    if dialogue.timed >= 2 or (repeated and share >= 0.1):
        return 0.75
    return 0.6 if share >= 0.5 else 0.0


def _notes(probe: Probe) -> float:
    return 0.3 if any(line.strip() for line in probe.lines) and not _timed(probe) else 0.0


def _read_labelled(probe: Probe) -> Reading:
    reading = Reading()
    read_dialogue(probe.dialogue, reading)
    return reading


def _text(
    name: str,
    title: str,
    sureness: Callable[[Probe], float],
    read: Callable[[Probe], Reading],
) -> Format:
    return Format(name, title, "text", sureness, read)


def _json(
    name: str,
    title: str,
    sureness: Callable[[Json], float],
    read: Callable[[Json], Reading],
) -> Format:
    return Format(
        name,
        title,
        "json",
        lambda probe: sureness(probe.json),
        lambda probe: read(probe.json),
    )


FORMATS: tuple[Format, ...] = (
    _text(
        "webvtt",
        "WebVTT captions (Zoom, Teams, YouTube, podcast hosts)",
        _webvtt,
        lambda probe: webvtt.read(probe.text),
    ),
    _text("srt", "SubRip captions", _srt, lambda probe: read_srt(probe.text)),
    _text("sbv", "YouTube SBV captions", _sbv, lambda probe: read_sbv(probe.text)),
    _text(
        "otter-txt",
        "Otter text, or a name and a time above each paragraph",
        _otter,
        lambda probe: read_otter(probe.lines),
    ),
    _text(
        "google-meet",
        "Google Meet text",
        _google_meet,
        lambda probe: read_google_meet(probe.lines),
    ),
    _text(
        "dialogue",
        "text with `Name: text` lines, with or without times",
        _dialogue,
        _read_labelled,
    ),
    _text(
        "notes",
        "typed notes without speakers",
        _notes,
        lambda probe: read_notes(probe.lines),
    ),
    _json("json", "our documented JSON", own_json.sureness, own_json.read),
)


def format_names() -> tuple[str, ...]:
    """The names ``--format`` takes, in the order of the documentation."""
    return tuple(entry.name for entry in FORMATS)
