"""Our documented JSON: what ``normalize`` prints, and the short form people write by hand.

What belongs here: reading it back. What does not: other JSON. The short form is an object with ``turns``, a list of
``{"speaker", "start", "end", "text"}``; every key but ``text`` is optional, times are seconds. A full transcript (with
``format``) comes back exactly as it was: normalizing twice changes nothing.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, TypeVar

from pydantic import ValidationError

from artifact_assets.domain.documents import Document
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.meeting import Participant
from artifact_assets.domain.transcript import ReadingNote, SourceRef, Transcript, Turn
from artifact_assets.formats.dates import instant
from artifact_assets.formats.fields import (
    Json,
    has,
    mapping,
    number,
    objects,
    sequence,
    string,
    words,
)
from artifact_assets.formats.fragment import Reading
from artifact_assets.formats.times import bounded

_KNOWN = frozenset(Transcript.model_fields) | {"meeting_id", "refs"}


def sureness(value: Json) -> float:
    """How sure it is that ``value`` is our JSON."""
    if not isinstance(value, dict) or not isinstance(value.get("turns"), list):
        return 0.0
    turns = sequence(value["turns"])
    if not all(has(turn, "text") for turn in turns[:50]):
        return 0.0
    return 1.0 if set(value) <= _KNOWN else 0.6


def read(value: Json) -> Reading:
    """Turns as the file has them. Raises PipelineError(UNREADABLE_INPUT) naming the first turn that can't be used."""
    document = mapping(value)
    reading = Reading(
        title=string(document.get("title")),
        started_at=instant(document.get("started_at")),
        kind=string(document.get("kind")),
        language=string(document.get("language")),
        coverage=_share(document.get("coverage")),
        format=string(document.get("format")),
    )
    reading.settled = reading.format is not None
    if reading.settled:
        reading.participants = _documents(Participant, document.get("participants"))
    else:
        for _, person in objects(document.get("participants")):
            reading.add_participant(
                string(person.get("name")),
                string(person.get("email")),
                string(person.get("role")),
            )
    _unknown_keys(document, reading)
    turns = [_turn(position, turn, reading) for position, turn in enumerate(sequence(document.get("turns")))]
    starts = [turn.start for turn in turns if turn.start is not None]
    if any(later < earlier for earlier, later in pairwise(starts)):
        reading.notes.add("reordered", "The file is not in time order; turns were sorted by start.")
        turns = _by_start(turns)
    reading.turns = tuple(
        turn if turn.index == index else turn.model_copy(update={"index": index}) for index, turn in enumerate(turns)
    )
    if reading.settled:
        reading.notes.take(_documents(ReadingNote, document.get("warnings")))
    return reading


def _turn(position: int, value: Json, reading: Reading) -> Turn:
    turn = mapping(value)
    text = words(turn.get("text")).strip() if not reading.settled else words(turn.get("text"))
    if not text.strip():
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            f"Turn {position} of the JSON transcript has no text, so the transcript can't be numbered.",
            "Give every turn a text, or remove it.",
        )
    start, end = bounded(number(turn.get("start"))), bounded(number(turn.get("end")))
    for key, used in (("start", start), ("end", end)):
        if turn.get(key) is not None and used is None:
            reading.notes.add(
                "unusable_time",
                "A time that is no number of seconds was dropped.",
                f"turn {position}",
            )
    if start is not None and end is not None and end < start:
        reading.notes.add(
            "end_before_start",
            "A turn ends before it starts; its end was dropped.",
            f"turn {position}",
        )
        end = None
    source = _documents(SourceRef, turn.get("source")) or (
        () if reading.settled else (SourceRef(pointer=f"/turns/{position}"),)
    )
    speaker = words(turn.get("speaker")) if words(turn.get("speaker")).strip() else None
    return Turn(
        index=position,
        speaker=speaker,
        start=start,
        end=end,
        text=text,
        source=tuple(source),
    )


def _by_start(turns: list[Turn]) -> list[Turn]:
    keys: list[float] = []
    for turn in turns:
        keys.append(turn.start if turn.start is not None else keys[-1] if keys else 0.0)
    return [turns[index] for index in sorted(range(len(turns)), key=keys.__getitem__)]


_D = TypeVar("_D", bound=Document)


def _documents(kind: type[_D], value: Json) -> list[_D]:
    """The entries of a list that are valid documents of ``kind``."""
    found: list[_D] = []
    for _, item in objects(value):
        content: dict[str, Any] = dict(item)
        try:
            found.append(kind.model_validate(content))
        except ValidationError:
            continue
    return found


def _unknown_keys(document: dict[str, Json], reading: Reading) -> None:
    for key in document:
        if key not in _KNOWN:
            reading.notes.add(
                "unknown_key",
                "A key of the JSON transcript is not known and was ignored.",
                "/" + key[:40],
            )


def _share(value: Json) -> float | None:
    share = number(value)
    return share if share is not None and 0 <= share <= 1 else None
