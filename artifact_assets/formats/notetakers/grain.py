"""Grain: a bare list of entries with a speaker and milliseconds.

What belongs here: Grain's keys. A list of the same shape without speakers is a podcast's (see ``podcast_json``).
"""

from __future__ import annotations

from artifact_assets.formats.fields import Json, has, mapping, objects, sequence, string, words
from artifact_assets.formats.fragment import Reading
from artifact_assets.formats.speakers import cleaned
from artifact_assets.formats.time_units import second_of, unit_of


def sureness(value: Json) -> float:
    """How sure it is that ``value`` is a Grain transcript."""
    entries = _entries(value)
    first = entries[0] if entries else None
    if not has(first, "start", "end", "text", "speaker") or has(first, "words"):
        return 0.0
    return 0.9 if isinstance(value, list) or "participant_id" in mapping(first) else 0.0


def read(value: Json) -> Reading:
    """Entries with their speakers; Grain writes ``?`` for a voice it can't name."""
    reading = Reading(title=string(mapping(value).get("title")))
    path = "" if isinstance(value, list) else "/transcript"
    entries = list(objects(_entries(value)))
    unit = unit_of([entry for _, entry in entries])
    for position, entry in entries:
        reading.say(
            words(entry.get("text")),
            cleaned(string(entry.get("speaker"))),
            second_of(entry.get("start"), unit),
            second_of(entry.get("end"), unit),
            f"{path}/{position}",
        )
    return reading


def _entries(value: Json) -> list[Json]:
    return value if isinstance(value, list) else sequence(mapping(value).get("transcript"))
