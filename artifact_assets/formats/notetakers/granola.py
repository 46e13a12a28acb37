"""Granola: entries with absolute times and the channel that heard them instead of a name.

What belongs here: Granola's keys. The microphone is whoever sat at the computer and the speaker is everybody else: both
stay unknown, as ``Microphone`` and ``System audio``, because several people may share either.
"""

from __future__ import annotations

from datetime import datetime

from artifact_assets.formats.dates import instant
from artifact_assets.formats.fields import Json, has, mapping, objects, pick, sequence, string, words
from artifact_assets.formats.fragment import Reading
from artifact_assets.formats.speakers import cleaned

_CHANNELS = {"microphone": "Microphone", "speaker": "System audio", "system": "System audio"}


def sureness(value: Json) -> float:
    """How sure it is that ``value`` is a Granola transcript."""
    entries = _entries(value)
    first = mapping(entries[0]) if entries else {}
    if has(first, "text") and has(first, "start_timestamp") and _channel(first) in _CHANNELS:
        return 1.0
    return 0.95 if has(first, "text", "start_time") and _channel(first) in _CHANNELS else 0.0


def read(value: Json) -> Reading:
    """Entries by channel; times count from the first entry, whose absolute time is the meeting's start."""
    document = mapping(value)
    reading = Reading(title=string(document.get("title")))
    event = mapping(pick(document, "calendar_event", "google_calendar_event"))
    reading.title = reading.title or string(pick(event, "title", "summary", "event_title"))
    owner = mapping(document.get("owner"))
    reading.add_participant(string(owner.get("name")), string(owner.get("email")))
    for _, person in objects(pick(document, "attendees", "people")):
        reading.add_participant(string(person.get("name")), string(person.get("email")))
    path = "" if isinstance(value, list) else "/transcript"
    entries = list(objects(_entries(value)))
    moments = [instant(pick(entry, "start_timestamp", "start_time")) for _, entry in entries]
    zero = min((moment for moment in moments if moment is not None and moment.tzinfo is not None), default=None)
    reading.started_at = zero
    for (position, entry), moment in zip(entries, moments, strict=True):
        channel = _channel(entry)
        ended = instant(pick(entry, "end_timestamp", "end_time"))
        speaker = cleaned(string(mapping(entry.get("speaker")).get("name"))) or _CHANNELS.get(channel or "")
        reading.say(words(entry.get("text")), speaker, _since(zero, moment), _since(zero, ended), f"{path}/{position}")
    return reading


def _entries(value: Json) -> list[Json]:
    return value if isinstance(value, list) else sequence(mapping(value).get("transcript"))


def _channel(entry: dict[str, Json]) -> str | None:
    return string(entry.get("source")) or string(mapping(entry.get("speaker")).get("source"))


def _since(zero: datetime | None, moment: datetime | None) -> float | None:
    if zero is None or moment is None or moment.tzinfo is None:
        return None
    return round((moment - zero).total_seconds(), 6)
