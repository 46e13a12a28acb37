"""Tables as text: CSV, TSV and semicolon files with a row for each turn.

What belongs here: delimiters and rows. What does not: which column is what (see ``turn_table``).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.formats.fragment import Reading
from artifact_assets.formats.turn_table import columns_of, fragment_of

DELIMITERS = (",", "\t", ";", "|")
SAMPLE_LINES = 30
LEAST_ROWS = 3
LONGEST_HEAD = 2000


def delimiter_of(lines: Sequence[str]) -> str | None:
    """The delimiter of a table with a head row of turns, or None."""
    head = next((line for line in lines if line.strip()), "")
    return next((mark for mark in DELIMITERS if mark in head and columns_of(_row(head, mark)) is not None), None)


def looks_like_table(lines: Sequence[str]) -> bool:
    """Whether the text is a table of any kind: the same number of delimiters, two or more, on every line."""
    sample = [line for line in lines[:SAMPLE_LINES] if line.strip()]
    if len(sample) < LEAST_ROWS:
        return False
    return any(
        sample[0].count(mark) >= 2 and len({len(_row(line, mark)) for line in sample}) == 1 for mark in DELIMITERS
    )


def read(lines: Sequence[str]) -> Reading:
    """One fragment per row. Raises PipelineError(UNREADABLE_INPUT) for broken quotes, naming the line."""
    mark = delimiter_of(lines)
    reading = Reading()
    if mark is None:
        return reading
    rows = csv.reader((line + "\n" for line in lines), delimiter=mark)
    columns = None
    for before, line, row in _numbered(rows):
        if columns is None:
            columns = columns_of(row) if any(row) else None
            continue
        fragment = fragment_of(row, columns, before + 1, line)
        if fragment is not None:
            reading.fragments.append(fragment)
    return reading


def _numbered(rows: Iterator[list[str]]) -> Iterator[tuple[int, int, list[str]]]:
    """Each row with the numbers of the line before it and of its last line."""
    before = 0
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            raise PipelineError(
                FailureClass.UNREADABLE_INPUT,
                f"The table breaks at line {before + 1}: a quoted cell does not end, or is longer than any speech.",
                "Export the table again.",
            ) from None
        after = getattr(rows, "line_num", before + 1)
        yield before, after, row
        before = after


def _row(line: str, mark: str) -> list[str]:
    try:
        return next(csv.reader([line[:LONGEST_HEAD]], delimiter=mark))
    except (csv.Error, StopIteration):
        return []
