"""IBM Watson Speech to Text: alternatives with ``timestamps`` triples, speakers in a parallel list.

What belongs here: IBM's keys.
"""

from __future__ import annotations

from artifact_assets.formats.fields import Json, first_object, has, mapping, number, objects, sequence, words
from artifact_assets.formats.fragment import Reading
from artifact_assets.formats.speakers import numbered
from artifact_assets.formats.voices import Voices


def sureness(value: Json) -> float:
    """How sure it is that ``value`` is an IBM Speech to Text result."""
    document = mapping(value)
    alternative = first_object(first_object(document.get("results")).get("alternatives"))
    if has(alternative, "timestamps", "transcript"):
        return 1.0
    return 0.9 if "speaker_labels" in document and "transcript" in alternative else 0.0


def read(value: Json) -> Reading:
    """Words with their speaker by time; without timestamps, the text of each final result."""
    document = mapping(value)
    reading = Reading()
    voices = Voices()
    for _, label in objects(document.get("speaker_labels")):
        speaker = label.get("speaker")
        name = numbered(speaker) if isinstance(speaker, (int, str)) else None
        if name is not None:
            voices.add(number(label.get("from")), number(label.get("to")), name)
    for at, result in objects(document.get("results")):
        alternative = first_object(result.get("alternatives"))
        path = f"/results/{at}/alternatives/0"
        before = len(reading.fragments)
        for position, stamp in enumerate(sequence(alternative.get("timestamps"))):
            parts = sequence(stamp)
            if len(parts) >= 3:
                start = number(parts[1])
                reading.say(words(parts[0]), voices.at(start), start, number(parts[2]), f"{path}/timestamps/{position}")
        if len(reading.fragments) == before:
            reading.say(words(alternative.get("transcript")), None, None, None, f"{path}/transcript")
    return reading
