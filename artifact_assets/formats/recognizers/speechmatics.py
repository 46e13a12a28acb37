"""Speechmatics: version 2 ``results``, and version 1 with speakers and words in two lists.

What belongs here: Speechmatics' keys.
"""

from __future__ import annotations

from artifact_assets.formats.dates import instant
from artifact_assets.formats.fields import Json, first_object, has, mapping, number, objects, pick, string, words
from artifact_assets.formats.fragment import Reading
from artifact_assets.formats.speakers import cleaned, numbered
from artifact_assets.formats.voices import Voices


def sureness(value: Json) -> float:
    """How sure it is that ``value`` is a Speechmatics transcript."""
    document = mapping(value)
    first = first_object(document.get("results"))
    if has(first, "type", "alternatives") and ("start_time" in first or "attaches_to" in first):
        return 1.0
    old = "speakers" in document and has(first_object(document.get("words")), "name", "time")
    return 1.0 if old else 0.0


def read(value: Json) -> Reading:
    """Words with their speakers; ``UU`` is a voice Speechmatics could not tell."""
    document = mapping(value)
    reading = Reading(started_at=instant(pick(mapping(document.get("job")), "created_at")))
    config = mapping(mapping(document.get("metadata")).get("transcription_config"))
    reading.language = string(config.get("language"))
    if "results" in document:
        _read_results(document, reading)
    else:
        _read_lists(document, reading)
    return reading


def _read_results(document: dict[str, Json], reading: Reading) -> None:
    for position, result in objects(document.get("results")):
        best = first_object(result.get("alternatives"))
        mark = result.get("type") == "punctuation" or result.get("attaches_to") == "previous"
        voice = string(best.get("speaker"))
        before = reading.fragments[-1].speaker if reading.fragments else None
        reading.say(
            words(best.get("content")),
            before if mark else _voice(voice),
            None if mark else number(result.get("start_time")),
            None if mark else number(result.get("end_time")),
            f"/results/{position}",
            glue="" if mark else " ",
        )


def _read_lists(document: dict[str, Json], reading: Reading) -> None:
    voices = Voices()
    for _, span in objects(document.get("speakers")):
        start, length = number(span.get("time")), number(span.get("duration"))
        name = _voice(string(span.get("name")))
        if name is not None and start is not None and length is not None:
            voices.add(start, start + length, name)
    for position, word in objects(document.get("words")):
        start, length = number(word.get("time")), number(word.get("duration"))
        text = words(word.get("name"))
        mark = bool(text) and not any(character.isalnum() for character in text)
        before = reading.fragments[-1].speaker if reading.fragments else None
        reading.say(
            text,
            before if mark else voices.at(start),
            None if mark else start,
            None if mark or start is None or length is None else round(start + length, 6),
            f"/words/{position}",
            glue="" if mark else " ",
        )


def _voice(name: str | None) -> str | None:
    if name is None or name.upper() == "UU":
        return None
    return f"Speaker {name[1:]}" if name[:1] == "S" and name[1:].isdecimal() else cleaned(numbered(name))
