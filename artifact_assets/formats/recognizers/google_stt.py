"""Google Speech-to-Text: results with alternatives and words; durations as ``"12.900s"`` or seconds and nanos.

What belongs here: Google's keys, v1 and v2. With speakers told apart, the last result repeats every word with a tag:
then only that one is read, else every word would be there twice.
"""

from __future__ import annotations

from artifact_assets.formats.fields import (
    Json,
    duration_seconds,
    first_object,
    has,
    mapping,
    objects,
    pick,
    sequence,
    string,
)
from artifact_assets.formats.fields import words as text_of
from artifact_assets.formats.fragment import Reading
from artifact_assets.formats.speakers import numbered

_START = ("startTime", "startOffset", "start_time", "start_offset")
_END = ("endTime", "endOffset", "end_time", "end_offset")
_TAG = ("speakerLabel", "speakerTag", "speaker_label", "speaker_tag")


def sureness(value: Json) -> float:
    """How sure it is that ``value`` is a Google Speech-to-Text response."""
    results = _results(value)[0]
    alternative = first_object(first_object(results).get("alternatives"))
    if not isinstance(alternative.get("transcript"), str) or "timestamps" in alternative:
        return 0.0
    spoken = first_object(alternative.get("words"))
    return 0.95 if "word" in spoken or "resultEndTime" in first_object(results) or not spoken else 0.5


def read(value: Json) -> Reading:
    """Words with times and speakers, or the text of each result when words were not asked for."""
    results, path = _results(value)
    reading = Reading()
    kept = list(objects(results))
    if len(kept) > 1 and _repeats_all(kept):
        kept = kept[-1:]
        reading.notes.add(
            "repeated_words", "The last result repeats every word with its speaker; only that one was read."
        )
    for at, result in kept:
        reading.language = reading.language or string(result.get("languageCode"))
        alternative = first_object(result.get("alternatives"))
        place = f"{path}/{at}/alternatives/0"
        before = len(reading.fragments)
        for position, word in objects(alternative.get("words")):
            tag = pick(word, *_TAG)
            reading.say(
                text_of(word.get("word")),
                numbered(tag) if isinstance(tag, (int, str)) and tag not in (0, "0", False) else None,
                _seconds(word, _START),
                _seconds(word, _END),
                f"{place}/words/{position}",
            )
        if len(reading.fragments) == before:
            end = duration_seconds(pick(result, "resultEndTime", "resultEndOffset"))
            reading.say(text_of(alternative.get("transcript")), None, None, end, f"{place}/transcript")
    return reading


def _results(value: Json) -> tuple[list[Json], str]:
    document = mapping(value)
    if has(document.get("response"), "results"):
        return sequence(mapping(document["response"])["results"]), "/response/results"
    return sequence(document.get("results")), "/results"


def _seconds(word: dict[str, Json], keys: tuple[str, ...]) -> float | None:
    """A missing start is zero: protobuf JSON leaves zeros out. Without any time at all it is unknown."""
    found = pick(word, *keys)
    if found is None:
        return 0.0 if keys is _START and pick(word, *_END) is not None else None
    return duration_seconds(found)


def _repeats_all(results: list[tuple[int, dict[str, Json]]]) -> bool:
    last = sequence(first_object(results[-1][1].get("alternatives")).get("words"))
    earlier = sum(len(sequence(first_object(result.get("alternatives")).get("words"))) for _, result in results[:-1])
    tagged = bool(last) and all(pick(mapping(word), *_TAG) is not None for word in last)
    return tagged and earlier > 0 and len(last) >= earlier
