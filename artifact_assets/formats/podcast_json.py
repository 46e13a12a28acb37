"""Podcast namespace JSON, and the bare list of timed texts that some hosts write.

What belongs here: ``segments`` with ``startTime``, ``endTime`` and ``body``. Source: Podcasting 2.0 transcript format.
Segments may be words or lines, may start together, and may be a lone space or comma of no length.
"""

from __future__ import annotations

from artifact_assets.formats.fields import Json, first_object, has, mapping, number, objects, pick, string
from artifact_assets.formats.fields import words as text_of
from artifact_assets.formats.fragment import Reading
from artifact_assets.formats.speakers import cleaned
from artifact_assets.formats.time_units import second_of, unit_of


def sureness(value: Json) -> float:
    """How sure it is that ``value`` is podcast JSON."""
    first = first_object(mapping(value).get("segments"))
    if has(first, "startTime", "body"):
        return 1.0
    bare = first_object(value)
    if has(bare, "start", "end") and ("text" in bare or "body" in bare) and "speaker" not in bare:
        return 0.7
    return 0.0


def read(value: Json) -> Reading:
    """Segments; a segment that is only punctuation joins the word before it."""
    reading = Reading()
    if isinstance(value, list):
        entries = list(objects(value))
        unit = unit_of([entry for _, entry in entries])
        for position, entry in entries:
            text = text_of(pick(entry, "text", "body"))
            _say(
                reading,
                text,
                None,
                second_of(entry.get("start"), unit),
                second_of(entry.get("end"), unit),
                f"/{position}",
            )
        return reading
    for position, segment in objects(mapping(value).get("segments")):
        start, end = number(segment.get("startTime")), number(segment.get("endTime"))
        speaker = cleaned(string(segment.get("speaker")))
        _say(reading, text_of(segment.get("body")), speaker, start, end, f"/segments/{position}")
    return reading


def _say(
    reading: Reading, text: str, speaker: str | None, start: float | None, end: float | None, pointer: str
) -> None:
    mark = len(text) <= 3 and not any(character.isalnum() for character in text)
    if mark and speaker is None and reading.fragments:
        speaker = reading.fragments[-1].speaker
    reading.say(text, speaker, start, end, pointer, glue="" if mark else " ")
