"""Recall.ai: blocks of a participant and words; the older shape with a plain speaker; one webhook event.

What belongs here: Recall.ai's keys. Any timestamp may be missing, even a start, and so may the name.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from artifact_assets.formats.dates import instant
from artifact_assets.formats.fields import Json, has, mapping, number, objects, sequence, string, words
from artifact_assets.formats.fragment import Reading
from artifact_assets.formats.speakers import cleaned
from artifact_assets.formats.times import LONGEST_SECONDS


def sureness(value: Json) -> float:
    """How sure it is that ``value`` is a Recall.ai transcript."""
    blocks, _ = _blocks(value)
    first = mapping(blocks[0]) if blocks else {}
    spoken = sequence(first.get("words"))
    if "participant" in first and isinstance(first.get("words"), list):
        return 1.0
    return 0.95 if "speaker" in first and spoken and has(spoken[0], "text", "start_timestamp") else 0.0


def read(value: Json) -> Reading:
    """Words with their participant; times are seconds relative to the recording."""
    reading = Reading()
    blocks, path = _blocks(value)
    for at, block in objects(blocks):
        participant = mapping(block.get("participant"))
        name = cleaned(string(participant.get("name")) or string(block.get("speaker")))
        if name:
            reading.add_participant(name, string(participant.get("email")))
        for position, word in objects(block.get("words")):
            if reading.started_at is None:
                reading.started_at = _zero(word)
            reading.say(
                words(word.get("text")),
                name,
                _relative(word.get("start_timestamp")),
                _relative(word.get("end_timestamp")),
                f"{path}/{at}/words/{position}",
            )
    return reading


def _blocks(value: Json) -> tuple[list[Json], str]:
    if isinstance(value, list):
        return value, ""
    document = mapping(value)
    inner = mapping(mapping(document.get("data")).get("data"))
    if inner:
        return [inner], "/data/data"
    return sequence(document.get("transcript")), "/transcript"


def _relative(value: Json) -> float | None:
    return number(mapping(value).get("relative")) if isinstance(value, dict) else number(value)


def _zero(word: dict[str, Json]) -> datetime | None:
    """When the recording began: an absolute time minus the relative one beside it."""
    stamp = mapping(word.get("start_timestamp"))
    moment, offset = instant(stamp.get("absolute")), number(stamp.get("relative"))
    if moment is None or moment.tzinfo is None or offset is None or abs(offset) > LONGEST_SECONDS:
        return None
    return moment - timedelta(seconds=offset)
