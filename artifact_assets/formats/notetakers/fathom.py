"""Fathom: one meeting of its API, with ``transcript`` entries that have a clock time and no end.

What belongs here: Fathom's keys. ``default_summary`` and ``action_items`` are its own conclusions, never speech.
"""

from __future__ import annotations

from artifact_assets.formats.dates import instant
from artifact_assets.formats.fields import Json, has, mapping, objects, pick, sequence, string, words
from artifact_assets.formats.fragment import Reading
from artifact_assets.formats.speakers import cleaned
from artifact_assets.formats.times import clock_seconds


def sureness(value: Json) -> float:
    """How sure it is that ``value`` is a Fathom meeting."""
    entries = sequence(mapping(value).get("transcript")) if isinstance(value, dict) else sequence(value)
    first = mapping(entries[0]) if entries else {}
    return 1.0 if has(first.get("speaker"), "display_name") and "timestamp" in first else 0.0


def read(value: Json) -> Reading:
    """Entries with their speakers, and the invited people with their e-mails."""
    document = mapping(value)
    reading = Reading(
        title=string(pick(document, "meeting_title", "title")),
        started_at=instant(pick(document, "recording_start_time", "scheduled_start_time", "created_at")),
        language=string(document.get("transcript_language")),
    )
    for _, person in objects(document.get("calendar_invitees")):
        email = string(person.get("email"))
        reading.add_participant(string(person.get("name")) or string(person.get("matched_speaker_display_name")), email)
    known = {person.name for person in reading.participants}
    entries, path = (value, "") if isinstance(value, list) else (document.get("transcript"), "/transcript")
    for position, entry in objects(entries):
        speaker = mapping(entry.get("speaker"))
        name = cleaned(string(speaker.get("display_name")))
        email = string(speaker.get("matched_calendar_invitee_email"))
        if name and email and name not in known:
            known.add(name)
            if all(person.email != email for person in reading.participants):
                reading.add_participant(name, email)
        start = entry.get("timestamp")
        reading.say(
            words(entry.get("text")),
            name,
            clock_seconds(start) if isinstance(start, str) else None,
            None,
            f"{path}/{position}",
        )
    return reading
