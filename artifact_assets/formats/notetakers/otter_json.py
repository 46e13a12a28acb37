"""Otter's JSON: ``transcripts`` with seconds (``start_time``) or milliseconds (``start_offset``), speakers in a list.

What belongs here: Otter's keys. ``summary``, ``outline`` and ``action_items`` are its own conclusions, never speech.
"""

from __future__ import annotations

from artifact_assets.formats.dates import instant
from artifact_assets.formats.fields import Json, has, mapping, number, objects, pick, scaled, sequence, string, words
from artifact_assets.formats.fragment import Reading
from artifact_assets.formats.speakers import cleaned, numbered


def sureness(value: Json) -> float:
    """How sure it is that ``value`` is an Otter conversation."""
    entries = sequence(_speech(value).get("transcripts"))
    first = mapping(entries[0]) if entries else {}
    if not has(first, "transcript") and not has(first, "text"):
        return 0.0
    return 1.0 if "start_offset" in first or "speaker_id" in first or "start_time" in first else 0.0


def read(value: Json) -> Reading:
    """Entries with their speakers, named by the list of speakers or numbered by Otter."""
    speech = _speech(value)
    path = "/speech/transcripts" if has(value, "speech") else "/transcripts"
    reading = Reading(
        title=string(speech.get("title")), started_at=instant(pick(speech, "start_time", "created_at", "date"))
    )
    names: dict[str, str] = {}
    for _, person in objects(speech.get("speakers")):
        name = cleaned(string(pick(person, "speaker_name", "name")))
        if name:
            names[str(pick(person, "speaker_id", "id"))] = name
            reading.add_participant(name, string(person.get("email")))
    for position, entry in objects(speech.get("transcripts")):
        identity, label = entry.get("speaker_id"), entry.get("speaker_model_label")
        speaker = names.get(str(identity)) or cleaned(string(pick(entry, "speaker_name", "speaker")))
        if speaker is None and isinstance(label, (str, int)):
            speaker = numbered(label)
        reading.say(
            words(pick(entry, "transcript", "text")),
            speaker,
            number(entry["start_time"]) if "start_time" in entry else scaled(entry.get("start_offset"), 0.001),
            number(entry["end_time"]) if "end_time" in entry else scaled(entry.get("end_offset"), 0.001),
            f"{path}/{position}",
        )
    return reading


def _speech(value: Json) -> dict[str, Json]:
    document = mapping(value)
    return mapping(document.get("speech")) or document
