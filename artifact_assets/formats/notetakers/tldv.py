"""tl;dv: the transcript of its API, a list under ``data`` with seconds.

What belongs here: tl;dv's keys, by its public API description; no real export was seen.
"""

from __future__ import annotations

from artifact_assets.formats.dates import instant
from artifact_assets.formats.fields import Json, has, mapping, number, objects, pick, sequence, string, words
from artifact_assets.formats.fragment import Reading
from artifact_assets.formats.speakers import cleaned


def sureness(value: Json) -> float:
    """How sure it is that ``value`` is a tl;dv transcript."""
    document = mapping(value)
    entries = sequence(document.get("data"))
    if not entries or not has(entries[0], "speaker", "text", "startTime"):
        return 0.0
    return 1.0 if "meetingId" in document else 0.85


def read(value: Json) -> Reading:
    """Entries with their speakers; the meeting's own record is read when it is in the same file."""
    document = mapping(value)
    meeting = mapping(document.get("meeting")) or document
    reading = Reading(title=string(pick(meeting, "name", "title")), started_at=instant(meeting.get("happenedAt")))
    organizer = mapping(meeting.get("organizer"))
    reading.add_participant(string(organizer.get("name")), string(organizer.get("email")))
    for _, person in objects(meeting.get("invitees")):
        reading.add_participant(string(person.get("name")), string(person.get("email")))
    for position, entry in objects(document.get("data")):
        reading.say(
            words(entry.get("text")),
            cleaned(string(entry.get("speaker"))),
            number(entry.get("startTime")),
            number(entry.get("endTime")),
            f"/data/{position}",
        )
    return reading
