"""Word transcripts of Teams and Google Meet, and any text with speakers kept in Word.

What belongs here: from paragraphs and tables to lines of text. What does not: the package (``word_package``) and the
notation of lines, which is that of text files. Places are counted in paragraphs of the body, from 1.
"""

from __future__ import annotations

from itertools import pairwise

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.formats.cues import arrow_times
from artifact_assets.formats.dialogue import read_dialogue
from artifact_assets.formats.file_names import told_by_name
from artifact_assets.formats.fragment import Fragment, Reading
from artifact_assets.formats.google_meet import read_google_meet
from artifact_assets.formats.labels import looks_like_name
from artifact_assets.formats.limits import ReadingLimits
from artifact_assets.formats.notes_text import read_notes
from artifact_assets.formats.otter import read_otter
from artifact_assets.formats.recognition import (
    looks_like_dialogue,
    looks_like_google_meet,
    looks_like_otter,
)
from artifact_assets.formats.speakers import cleaned
from artifact_assets.formats.text_lines import TextLines
from artifact_assets.formats.turn_table import columns_of, fragment_of
from artifact_assets.formats.word_package import BODY, Table, blocks, part_names


def sureness(content: bytes) -> float:
    """How sure it is that the package is a Word document."""
    return 1.0 if BODY in part_names(content) else 0.0


def package_name(content: bytes) -> str:
    """What a ZIP that is no Word document looks like."""
    names = part_names(content)
    for folder, name in (
        ("xl/", "an Excel workbook"),
        ("ppt/", "a PowerPoint file"),
        ("META-INF/", "an OpenDocument file"),
    ):
        if any(part.startswith(folder) for part in names):
            return name
    return "a ZIP archive" if names else "a damaged ZIP archive"


def read(content: bytes, limits: ReadingLimits) -> Reading:
    """Fragments of the document's tables when they hold turns, else of its lines."""
    lines: list[str] = []
    numbers: list[int] = []
    tables: list[tuple[int, Table]] = []
    for number, block in enumerate(blocks(content, limits), start=1):
        limits.check_turns(number)
        if isinstance(block, str):
            for line in block.split("\n"):
                lines.append(line)
                numbers.append(number)
        elif block and columns_of(block[0]) is not None:
            tables.append((number, block))
        else:
            for row in block:
                for cell in row:
                    lines.extend(cell.split("\n"))
                    numbers.extend([number] * (len(lines) - len(numbers)))
    if not tables and not any(line.strip() for line in lines):
        raise PipelineError(FailureClass.EMPTY_TRANSCRIPT, "The Word document holds no text.")
    if tables:
        return _read_tables(tables, lines)
    reading = _read_lines(lines)
    told = told_by_name(reading.title or "")
    if told.started_at is not None:
        # Teams writes the recording's file name as the title
        reading.title = told.title
        reading.started_at = reading.started_at or told.started_at
    reading.fragments = [
        fragment._replace(line=numbers[fragment.line - 1], end_line=numbers[(fragment.end_line or fragment.line) - 1])
        if fragment.line is not None
        else fragment
        for fragment in reading.fragments
    ]
    return reading


def _read_lines(lines: list[str]) -> Reading:
    if _timed_blocks(lines):
        return _read_timed_blocks(lines)
    text = TextLines(lines)
    meet, otter, dialogue = looks_like_google_meet(text), looks_like_otter(text), looks_like_dialogue(text)
    if meet and meet >= otter:
        return read_google_meet(lines)
    if otter >= dialogue and otter:
        return read_otter(lines)
    if dialogue:
        reading = Reading()
        read_dialogue(text.dialogue, reading)
        return reading
    return read_notes(lines)


def _read_tables(tables: list[tuple[int, Table]], lines: list[str]) -> Reading:
    reading = Reading(title=next((line.strip() for line in lines if line.strip()), None))
    for number, table in tables:
        columns = columns_of(table[0])
        for row in table[1:]:
            fragment = fragment_of(row, columns, number, number) if columns is not None else None
            if fragment is not None:
                reading.fragments.append(fragment)
    return reading


def _timed_blocks(lines: list[str]) -> bool:
    """Whether a name stands on a line of its own below each timing line, as older Teams exports have it."""
    shown = [line.strip() for line in lines if line.strip()]
    following = [after for line, after in pairwise(shown) if arrow_times(line) is not None]
    return bool(following) and sum(1 for line in following if looks_like_name(line)) >= 0.6 * len(following)


def _read_timed_blocks(lines: list[str]) -> Reading:
    reading = Reading()
    times: tuple[float | None, float | None] | None = None
    speaker: str | None = None
    named = True
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        found = arrow_times(text) if "-->" in text else None
        if found is not None:
            times, speaker, named = found, None, False
        elif times is None:
            reading.title = reading.title or text or None
        elif text and not named and looks_like_name(text):
            speaker, named = cleaned(text), True
        elif text:
            named = True
            reading.fragments.append(Fragment(text, speaker, times[0], times[1], number, number))
    return reading
