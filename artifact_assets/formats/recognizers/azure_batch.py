"""Azure speech: batch transcription (camelCase and PascalCase) and fast transcription.

What belongs here: Azure's keys. ``combinedRecognizedPhrases`` and ``combinedPhrases`` repeat all the text: left out.
"""

from __future__ import annotations

from artifact_assets.formats.dates import instant
from artifact_assets.formats.fields import (
    Json,
    duration_seconds,
    first_object,
    mapping,
    objects,
    pick,
    scaled,
    sequence,
    string,
    words,
)
from artifact_assets.formats.fragment import Reading
from artifact_assets.formats.speakers import numbered

TICK = 1e-7
MILLISECONDS = 0.001


def sureness(value: Json) -> float:
    """How sure it is that ``value`` is an Azure transcription."""
    document = _lowered(value)
    if isinstance(document.get("recognizedphrases"), list):
        return 1.0
    phrases = sequence(document.get("phrases"))
    return 0.95 if "combinedphrases" in document or (phrases and "offsetmilliseconds" in _lowered(phrases[0])) else 0.0


def read(value: Json) -> Reading:
    """The best form of every phrase, with its speaker, or its channel where several channels were recorded."""
    document = _lowered(value)
    reading = Reading(started_at=instant(document.get("timestamp")))
    batch = "recognizedphrases" in document
    phrases = [(at, _lowered(phrase)) for at, phrase in objects(pick(document, "recognizedphrases", "phrases"))]
    channels = {str(phrase.get("channel")) for _, phrase in phrases}
    name = next(
        (key for key in mapping(value) if key.casefold() == ("recognizedphrases" if batch else "phrases")), "phrases"
    )
    for at, phrase in phrases:
        if phrase.get("recognitionstatus") not in (None, "Success"):
            continue
        best = _lowered(first_object(phrase.get("nbest")))
        reading.language = reading.language or string(phrase.get("locale"))
        voice = phrase.get("speaker")
        if voice is None and len(channels) > 1:
            voice = phrase.get("channel")
        start = _time(phrase, "offset")
        length = _time(phrase, "duration")
        reading.say(
            words(pick(best, "display", "lexical")) or words(phrase.get("text")),
            numbered(voice) if isinstance(voice, (int, str)) and not isinstance(voice, bool) else None,
            start,
            None if start is None or length is None else round(start + length, 6),
            f"/{name}/{at}",
        )
    return reading


def _time(phrase: dict[str, Json], key: str) -> float | None:
    ticks = scaled(phrase.get(f"{key}inticks"), TICK)
    if ticks is not None:
        return ticks
    milliseconds = scaled(phrase.get(f"{key}milliseconds"), MILLISECONDS)
    return milliseconds if milliseconds is not None else duration_seconds(phrase.get(key))


def _lowered(value: Json) -> dict[str, Json]:
    return {key.casefold(): inner for key, inner in mapping(value).items()}
