"""A file of lines in which each holds the digest of the one before, for somebody who has to trust it later.

What belongs here: chaining values and checking a chain. What does not: which values (see ``stages.audit``) and files. Pure.

Whoever changes, removes, adds or reorders a line breaks the chain at that place. Whoever rewrites everything from there on
does not: against that stands the digest of the last line, which the export prints and the auditor keeps elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from artifact_assets.domain.documents import canonical_json, sha256

FORMAT = "meeting-artifacts-trace"
VERSION = 1
NOTHING_BEFORE = "0" * 64


@dataclass(frozen=True)
class Verified:
    """What a check of a chain came to. ``broken_line`` counts from 1; ``digest`` is that of the last line read."""

    lines: int
    digest: str
    broken_line: int | None = None
    problem: str | None = None

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return self.broken_line is None


def chained(header: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Lines without their line break: the header, ``rows`` and an end that counts them."""
    previous, number = NOTHING_BEFORE, 0
    for row in (*({"kind": "header", "format": FORMAT, "version": VERSION, **header}, *rows), {"kind": "end"}):
        line = canonical_json({**row, "n": number, "previous": previous})
        yield line
        previous, number = sha256(line), number + 1


def verified(lines: Iterable[bytes]) -> Verified:
    """Whether ``lines`` are a whole chain; the first line that is not as it was written is named."""
    previous, count, kind = NOTHING_BEFORE, 0, None
    for line in lines:
        row = _row(line)
        problem = _problem(row, count, previous, ended=kind == "end")
        if problem is not None or row is None:
            return Verified(count, previous, count + 1, problem)
        previous, count, kind = sha256(line), count + 1, row.get("kind")
    if kind != "end":
        return Verified(count, previous, count + 1, "the file ends before its end line: lines were cut off")
    return Verified(count, previous)


def _problem(row: Mapping[str, Any] | None, count: int, previous: str, *, ended: bool) -> str | None:
    if row is None:
        return "it is not a line of an export"
    if ended:
        return "it follows the end line: lines were added"
    if count == 0 and (row.get("kind"), row.get("format")) != ("header", FORMAT):
        return "the file does not begin with the header of an export"
    if row.get("previous") != previous:
        return "the line before it, or this one, was changed, removed or moved: the digests differ"
    if row.get("n") != count:
        return "it has another number than its place"
    return None


def _row(line: bytes) -> Mapping[str, Any] | None:
    """The line's value; None when it is not in the one form that is written."""
    try:
        value: object = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or canonical_json(value) != line:
        return None
    return cast("Mapping[str, Any]", value)
