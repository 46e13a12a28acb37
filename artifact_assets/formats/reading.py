"""Any transcript file becomes the canonical transcript: detection, reading, assembly.

What belongs here: the one way in. What does not: a format (one module per family), the sidecar (see ``joining``).
"""

from __future__ import annotations

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.transcript import Transcript, Turn
from artifact_assets.formats.assembly import assembled
from artifact_assets.formats.detection import chosen
from artifact_assets.formats.file_names import told_by_name
from artifact_assets.formats.fragment import Fragment, Reading
from artifact_assets.formats.language import declared, detected
from artifact_assets.formats.limits import ReadingLimits
from artifact_assets.formats.probe import Probe
from artifact_assets.formats.speakers import is_pseudo

FORMATS_VERSION = "1"
"""Raised whenever any file could be read differently than before, so that stored normalizations are made anew."""

DEFAULT_LIMITS = ReadingLimits()
LONGEST_TITLE = 300


def read_transcript(
    content: bytes,
    *,
    file_name: str = "",
    format_name: str | None = None,
    limits: ReadingLimits = DEFAULT_LIMITS,
) -> Transcript:
    """The canonical transcript of ``content``.

    ``file_name`` is a hint for title and date only. ``format_name`` forces one of ``registry.format_names()``. Raises
    PipelineError: UNREADABLE_INPUT (too big, broken, binary), UNSUPPORTED_FORMAT (unknown or ambiguous, with the
    candidates), EMPTY_TRANSCRIPT (no speech).
    """
    limits.check_size(len(content))
    probe = Probe(content, limits)
    entry = chosen(probe, format_name)
    reading = entry.read(probe)
    probe_notes = probe.notes.finished()
    del probe  # its lines take as much memory as the turns that are made next
    if reading.turns is None:
        limits.check_turns(len(reading.fragments))
        _settle_speakers(reading)
        turns = assembled(reading.fragments, reading.notes)
    else:
        limits.check_turns(len(reading.turns))
        turns = reading.turns
    if not turns:
        raise PipelineError(
            FailureClass.EMPTY_TRANSCRIPT,
            f"Read as {entry.name}, the file holds no spoken words.",
        )
    if not reading.settled:
        reading.title = " ".join((reading.title or "").split())[:LONGEST_TITLE] or None
        _add_file_name(reading, file_name)
    reading.notes.take(probe_notes)
    return Transcript(
        format=reading.format or entry.name,
        title=reading.title,
        started_at=reading.started_at,
        kind=reading.kind,
        participants=tuple(person for person in reading.participants if reading.settled or not is_pseudo(person.name)),
        turns=turns,
        language=reading.language if reading.settled else _language(reading, turns),
        coverage=reading.coverage if reading.settled else _coverage(reading, turns),
        warnings=reading.notes.finished(),
    )


def _settle_speakers(reading: Reading) -> None:
    """Screens and bots speak for nobody: their words stay, without a speaker."""
    verdicts: dict[str, bool] = {}
    for index, fragment in enumerate(reading.fragments):
        speaker = fragment.speaker
        if speaker is None:
            continue
        if speaker not in verdicts:
            verdicts[speaker] = is_pseudo(speaker)
        if verdicts[speaker]:
            reading.fragments[index] = fragment._replace(speaker=None)
            reading.notes.add(
                "pseudo_speaker",
                "A shared screen or a notetaker is no person; its words have no speaker.",
                _place(fragment),
            )


def _place(fragment: Fragment) -> str | None:
    return fragment.pointer if fragment.line is None else f"line {fragment.line}"


def _add_file_name(reading: Reading, file_name: str) -> None:
    told = told_by_name(file_name) if file_name else None
    if told is None:
        return
    reading.title = reading.title or told.title
    if reading.started_at is None and told.started_at is not None:
        reading.started_at = told.started_at
        if told.date_only:
            reading.notes.add(
                "date_without_time",
                "Only the date of the meeting is known; its time stands at midnight.",
            )


def _language(reading: Reading, turns: tuple[Turn, ...]) -> str | None:
    return declared(reading.language) or detected(turn.text for turn in turns)


def _coverage(reading: Reading, turns: tuple[Turn, ...]) -> float:
    words = sum(len(turn.text.split()) for turn in turns)
    return round(words / (words + reading.left_out_words), 4)
