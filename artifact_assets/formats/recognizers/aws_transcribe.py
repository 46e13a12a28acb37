"""AWS Transcribe: items with numbers as texts, punctuation without a time, speakers in a parallel list.

What belongs here: AWS's keys. ``results.transcripts`` repeats the items as one text and is read only without them.
"""

from __future__ import annotations

from artifact_assets.formats.fields import Json, first_object, has, mapping, number, objects, string, words
from artifact_assets.formats.fragment import Reading
from artifact_assets.formats.speakers import cleaned
from artifact_assets.formats.voices import Voices


def sureness(value: Json) -> float:
    """How sure it is that ``value`` is an AWS Transcribe result."""
    results = mapping(mapping(value).get("results"))
    if has(first_object(results.get("items")), "alternatives", "type"):
        return 1.0
    return 0.9 if has(first_object(results.get("transcripts")), "transcript") else 0.0


def read(value: Json) -> Reading:
    """Words with their speaker: the item's own label, else the segment that lists or covers it."""
    results = mapping(mapping(value).get("results"))
    reading = Reading(language=string(results.get("language_code")))
    labels: dict[str, str] = {}
    voices = Voices()
    for _, segment in objects(mapping(results.get("speaker_labels")).get("segments")):
        label = string(segment.get("speaker_label"))
        if label:
            voices.add(number(segment.get("start_time")), number(segment.get("end_time")), label)
            for _, item in objects(segment.get("items")):
                labels[words(item.get("start_time"))] = string(item.get("speaker_label")) or label
    speaker: str | None = None
    for position, item in objects(results.get("items")):
        start, end = number(item.get("start_time")), number(item.get("end_time"))
        mark = item.get("type") == "punctuation"
        if not mark:
            own = string(item.get("speaker_label")) or labels.get(words(item.get("start_time"))) or voices.at(start)
            speaker = cleaned(own)
        reading.say(
            words(first_object(item.get("alternatives")).get("content")),
            speaker,
            None if mark else start,
            None if mark else end,
            f"/results/items/{position}",
            glue="" if mark else " ",
        )
    if not reading.fragments:
        for position, entry in objects(results.get("transcripts")):
            reading.say(words(entry.get("transcript")), None, None, None, f"/results/transcripts/{position}")
    return reading
