"""AssemblyAI: utterances when speakers were told apart, else words. Times are milliseconds.

What belongs here: AssemblyAI's keys. ``summary``, ``chapters`` and highlights are its own conclusions, never speech.
"""

from __future__ import annotations

from artifact_assets.formats.fields import Json, first_object, has, mapping, objects, scaled, string, words
from artifact_assets.formats.fragment import Reading
from artifact_assets.formats.speakers import numbered

MILLISECONDS = 0.001


def sureness(value: Json) -> float:
    """How sure it is that ``value`` is an AssemblyAI transcript."""
    document = mapping(value)
    spoken = first_object(document.get("words"))
    known = sum(
        1
        for key in ("audio_url", "acoustic_model", "language_model", "utterances", "audio_duration")
        if key in document
    )
    if not isinstance(document.get("text"), str) or "segments" in document:
        return 0.0
    if has(spoken, "text", "start", "end"):
        return 0.95 if known else 0.6
    return 0.9 if known >= 2 else 0.0


def read(value: Json) -> Reading:
    """Utterances, words, or the bare text when neither is there."""
    document = mapping(value)
    reading = Reading(language=string(document.get("language_code")))
    for key in ("utterances", "words"):
        for position, entry in objects(document.get(key)):
            reading.say(
                words(entry.get("text")),
                numbered(string(entry.get("speaker"))),
                scaled(entry.get("start"), MILLISECONDS),
                scaled(entry.get("end"), MILLISECONDS),
                f"/{key}/{position}",
            )
        if reading.fragments:
            return reading
    reading.say(words(document.get("text")), None, None, None, "/text")
    return reading
