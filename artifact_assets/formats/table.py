"""The table contract of normalized transcripts: turns of one or many meetings in one frame, and the schema they keep.

What belongs here: the frame, the schema and who broke it. What does not: reading formats, whose readers should never
break it; this is the gate that shows when one does.

polars is imported when the first table is checked: it costs half a second, more than a transcript.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.transcript import ReadingNote, Transcript
from artifact_assets.formats.contract import TableContract
from artifact_assets.formats.times import LONGEST_SECONDS

if TYPE_CHECKING:
    import polars as pl

LONG_TURN_CHARACTERS = 20_000
"""A longer turn is kept with a note: one voice that long usually means that speakers were lost."""
LATE_SECONDS = 24 * 3600.0
"""A later turn is kept with a note: a meeting over a day long usually means a wrong unit."""
MAX_ROWS_NAMED = 5


@dataclass(frozen=True)
class Breach:
    """A rule that turns of one meeting break. ``turns`` are turn indices, at most five; ``count`` is all of them."""

    meeting_id: str
    rule: str
    turns: tuple[int, ...]
    count: int


def turns_frame(transcripts: Mapping[str, Transcript]) -> pl.DataFrame:
    """One row per turn: meeting_id, index, speaker, start, end, text. Times in seconds, null when unknown."""
    turns = [(meeting_id, turn) for meeting_id, transcript in transcripts.items() for turn in transcript.turns]
    return _contract().frame(
        {
            "meeting_id": [meeting_id for meeting_id, _ in turns],
            "index": [turn.index for _, turn in turns],
            "speaker": [turn.speaker for _, turn in turns],
            "start": [turn.start for _, turn in turns],
            "end": [turn.end for _, turn in turns],
            "text": [turn.text for _, turn in turns],
        }
    )


def breaches(frame: pl.DataFrame) -> tuple[Breach, ...]:
    """Every rule that the frame breaks, by meeting."""
    cases = _contract().cases(frame)
    return () if cases is None else _by_meeting(frame, cases)


def check_transcripts(transcripts: Mapping[str, Transcript]) -> dict[str, PipelineError]:
    """The failure of each meeting whose turns break the contract; meetings without one are sound."""
    failures: dict[str, PipelineError] = {}
    for breach in breaches(turns_frame(transcripts)):
        named = ", ".join(str(turn) for turn in breach.turns)
        more = f" and {breach.count - len(breach.turns)} more" if breach.count > len(breach.turns) else ""
        failures.setdefault(
            breach.meeting_id,
            PipelineError(
                FailureClass.UNREADABLE_INPUT,
                f"The turns of {breach.meeting_id} break {breach.rule} in rows {named}{more}; nothing is extracted.",
                "Report the file's format, or correct the transcript and replace the file.",
            ),
        )
    return failures


def check_transcript(meeting_id: str, transcript: Transcript) -> None:
    """Raise PipelineError(UNREADABLE_INPUT) naming the rows when the turns break the contract."""
    if surely_sound(transcript):
        return
    failure = check_transcripts({meeting_id: transcript}).get(meeting_id)
    if failure is not None:
        raise failure


def surely_sound(transcript: Transcript) -> bool:
    """Whether no turn can break a rule of the contract, by a plain look at it; what is in doubt is left to the table.

    A table costs more than the rest of reading a meeting, and nearly every transcript is sound.
    """
    latest = 0.0
    for position, turn in enumerate(transcript.turns):
        start, end = turn.start, turn.end
        texts = (turn.text,) if turn.speaker is None else (turn.text, turn.speaker)
        if turn.index != position or not all(text.isascii() and text.strip() for text in texts):
            return False
        if end is not None and not (start or 0.0) <= end <= LONGEST_SECONDS:
            return False
        if start is not None:
            if not latest <= start <= LONGEST_SECONDS:
                return False
            latest = start
    return True


def doubtful(transcripts: Mapping[str, Transcript]) -> dict[str, tuple[ReadingNote, ...]]:
    """Notes on turns that keep the contract and still look wrong, by meeting."""
    import polars as pl  # noqa: PLC0415 - see the caption

    frame = turns_frame(transcripts)
    rules = (
        (
            "long_turn",
            "A turn is so long that speakers may be lost.",
            pl.col("text").str.len_chars() > LONG_TURN_CHARACTERS,
        ),
        (
            "late_turn",
            "A turn starts after over a day; the unit of its times may be wrong.",
            pl.col("start") > LATE_SECONDS,
        ),
    )
    notes: dict[str, list[ReadingNote]] = {}
    for code, message, rule in rules:
        for meeting_id, turn in (
            frame.filter(rule)
            .group_by("meeting_id", maintain_order=True)
            .first()
            .select("meeting_id", "index")
            .iter_rows()
        ):
            notes.setdefault(meeting_id, []).append(ReadingNote(code=code, message=message, place=f"turn {turn}"))
    return {meeting_id: tuple(found) for meeting_id, found in notes.items()}


@cache
def _contract() -> TableContract:
    import polars as pl  # noqa: PLC0415 - see the caption

    start, end = pl.col("start"), pl.col("end")
    known = start.forward_fill().over("meeting_id")
    rules = {
        "numbered_from_zero": pl.col("index") == pl.int_range(pl.len()).over("meeting_id"),
        "end_not_before_start": start.is_null() | end.is_null() | (end >= start),
        "in_time_order": (known >= known.shift(1).over("meeting_id")).fill_null(value=True),
        "has_words": pl.col("text").str.strip_chars().str.len_chars() > 0,
        "speaker_named_or_null": pl.col("speaker").is_null()
        | (pl.col("speaker").str.strip_chars().str.len_chars() > 0),
        "times_usable": (start.is_null() | start.is_between(0, LONGEST_SECONDS))
        & (end.is_null() | end.is_between(0, LONGEST_SECONDS)),
    }

    columns = {
        "meeting_id": pl.String,
        "index": pl.Int64,
        "speaker": pl.String,
        "start": pl.Float64,
        "end": pl.Float64,
        "text": pl.String,
    }
    return TableContract(columns, frozenset({"speaker", "start", "end"}), rules)


def _by_meeting(frame: pl.DataFrame, cases: pl.DataFrame) -> tuple[Breach, ...]:
    found: dict[tuple[str, str], list[int]] = {}
    for case in cases.iter_rows(named=True):
        row = case["index"]
        if row is None:
            found.setdefault((str(frame["meeting_id"][0]), str(case["check"])), [])
            continue
        key = (str(frame["meeting_id"][row]), str(case["check"]))
        found.setdefault(key, []).append(int(frame["index"][row]))
    return tuple(
        Breach(meeting_id, rule, tuple(sorted(set(turns))[:MAX_ROWS_NAMED]), len(set(turns)))
        for (meeting_id, rule), turns in found.items()
    )
