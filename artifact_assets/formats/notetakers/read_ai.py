"""Read.ai: the webhook's ``transcript.speaker_blocks`` with epoch times in seconds or milliseconds.

What belongs here: Read.ai's keys. ``summary``, ``action_items`` and ``topics`` are its own conclusions, never speech.
"""

from __future__ import annotations

from artifact_assets.formats.dates import instant
from artifact_assets.formats.fields import Json, has, mapping, number, objects, sequence, string, words
from artifact_assets.formats.fragment import Reading
from artifact_assets.formats.speakers import cleaned

_EPOCH = 100_000_000
_EPOCH_MILLISECONDS = 100_000_000_000


def sureness(value: Json) -> float:
    """How sure it is that ``value`` is a Read.ai meeting."""
    blocks, _ = _blocks(value)
    return (
        1.0 if blocks and has(blocks[0], "words", "speaker") and isinstance(mapping(blocks[0])["words"], str) else 0.0
    )


def read(value: Json) -> Reading:
    """Blocks with their speakers; times count from the first block when they are absolute."""
    document = mapping(value)
    blocks, path = _blocks(value)
    reading = Reading(title=string(document.get("title")), started_at=instant(document.get("start_time")))
    for key in ("owner", "participants"):
        people = document.get(key)
        for _, person in objects([people] if isinstance(people, dict) else people):
            email = string(person.get("email"))
            reading.add_participant(string(person.get("name")), email if email and "@" in email else None)
    starts = [_epoch_seconds(block.get("start_time")) for _, block in objects(blocks)]
    first = min((start for start in starts if start is not None), default=0.0)
    zero = first if first > _EPOCH else 0.0
    if zero and reading.started_at is None:
        reading.started_at = instant(zero)
    for position, block in objects(blocks):
        start, end = _epoch_seconds(block.get("start_time")), _epoch_seconds(block.get("end_time"))
        reading.say(
            words(block.get("words")),
            cleaned(string(mapping(block.get("speaker")).get("name"))),
            None if start is None else round(start - zero, 6),
            None if end is None else round(end - zero, 6),
            f"{path}/{position}",
        )
    return reading


def _blocks(value: Json) -> tuple[list[Json], str]:
    document = mapping(value)
    if has(document.get("transcript"), "speaker_blocks"):
        return sequence(mapping(document["transcript"])["speaker_blocks"]), "/transcript/speaker_blocks"
    return sequence(document.get("speaker_blocks")), "/speaker_blocks"


def _epoch_seconds(value: Json) -> float | None:
    amount = number(value)
    return amount / 1000 if amount is not None and amount > _EPOCH_MILLISECONDS else amount
