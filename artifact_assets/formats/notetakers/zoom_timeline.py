"""Zoom's ``timeline`` JSON: the kind with text is a transcript, the kind with only users and times is refused.

What belongs here: Zoom's keys. Several users may be marked at once; then nobody is named.
"""

from __future__ import annotations

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.formats.fields import Json, has, mapping, objects, sequence, string, words
from artifact_assets.formats.fragment import Reading
from artifact_assets.formats.speakers import cleaned
from artifact_assets.formats.times import clock_seconds


def sureness(value: Json) -> float:
    """How sure it is that ``value`` is a Zoom timeline, of either kind."""
    entries = sequence(mapping(value).get("timeline"))
    return 1.0 if entries and has(entries[0], "ts") else 0.0


def read(value: Json) -> Reading:
    """Entries with their user. Raises PipelineError(UNSUPPORTED_FORMAT) for the timeline without words."""
    reading = Reading()
    entries = list(objects(mapping(value).get("timeline")))
    if not any("text" in entry for _, entry in entries):
        raise PipelineError(
            FailureClass.UNSUPPORTED_FORMAT,
            "The file is Zoom's timeline of active speakers, which holds no words.",
            "Pass the audio transcript (VTT) of the same recording.",
        )
    for position, entry in entries:
        users = [user for _, user in objects(entry.get("users"))]
        speaker = cleaned(string(users[0].get("username"))) if len(users) == 1 else None
        if len(users) > 1:
            reading.notes.add(
                "several_speakers", "Zoom marks several users at once; the turn names none.", f"entry {position}"
            )
        for user in users:
            name = cleaned(string(user.get("username")))
            email = string(user.get("email_address"))
            if name and any(character.isalpha() for character in name):
                reading.add_participant(name, email)
        reading.say(
            words(entry.get("text")),
            speaker,
            clock_seconds(words(entry.get("ts"))),
            clock_seconds(words(entry.get("end_ts"))),
            f"/timeline/{position}",
        )
    return reading
