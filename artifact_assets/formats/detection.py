"""Which format a file is, by its content, and how sure that is. Names lie.

What belongs here: choosing among the registry's answers, and the refusals that say what was seen. What does not: what
each format looks like (see ``registry``).
"""

from __future__ import annotations

from typing import NamedTuple

from artifact_assets.domain.display import displayed_line
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.formats.delimited import looks_like_table
from artifact_assets.formats.docx import package_name
from artifact_assets.formats.fields import Json
from artifact_assets.formats.probe import Probe
from artifact_assets.formats.registry import FORMATS, Format, format_names

LEAST_SURE = 0.25
TOO_CLOSE = 0.1
"""Two formats whose sureness differs by less are ambiguous: the reader asks instead of guessing."""


class Candidate(NamedTuple):
    """A format the file may be, with sureness from 0 to 1."""

    format: Format
    sureness: float


def candidates(probe: Probe) -> list[Candidate]:
    """The formats the file may be, surest first."""
    found: list[Candidate] = []
    for entry in FORMATS:
        if entry.kind == probe.kind:
            found.append(Candidate(entry, entry.sureness(probe)))
            if found[-1].sureness == 1 and probe.kind == "text":
                return found[-1:]
    return sorted(
        (entry for entry in found if entry.sureness >= LEAST_SURE),
        key=lambda entry: -entry.sureness,
    )


def chosen(probe: Probe, format_name: str | None) -> Format:
    """The format to read the file as. Raises PipelineError(UNSUPPORTED_FORMAT) when none fits or several fit equally."""
    if format_name is not None:
        return _named(probe, format_name)
    found = candidates(probe)
    if not found:
        raise PipelineError(
            FailureClass.UNSUPPORTED_FORMAT,
            f"The file is no transcript format known here; {seen(probe)}.",
        )
    close = [entry for entry in found if found[0].sureness - entry.sureness < TOO_CLOSE]
    if len(close) > 1:
        names = " or ".join(f"{entry.format.name} ({entry.sureness:.0%} sure)" for entry in close)
        raise PipelineError(
            FailureClass.UNSUPPORTED_FORMAT,
            f"The file could be {names}.",
            "Say which with " + " or ".join(f"--format {entry.format.name}" for entry in close) + ".",
        )
    return found[0].format


def _named(probe: Probe, format_name: str) -> Format:
    entry = next((entry for entry in FORMATS if entry.name == format_name), None)
    if entry is None:
        raise PipelineError(
            FailureClass.UNSUPPORTED_FORMAT,
            f"There is no format named {displayed_line(format_name[:40])!r}.",
            f"Use one of: {', '.join(format_names())}.",
        )
    if entry.kind != probe.kind:
        raise PipelineError(
            FailureClass.UNSUPPORTED_FORMAT,
            f"The file can't be read as {entry.name}, which is a {entry.kind} format; {seen(probe)}.",
            "Leave out --format to have it recognized.",
        )
    return entry


def seen(probe: Probe) -> str:
    """What the file looks like, without any of its words: container, keys or size. Keys of JSON are structure."""
    if probe.kind == "json":
        return f"it is JSON: {_shape(probe.json)}"
    if probe.kind == "zip":
        return f"it is {package_name(probe.content)}"
    if probe.kind == "markup":
        return "it is HTML or XML"
    if looks_like_table(probe.body.lines):
        return "it is a table without columns for speaker and text"
    return f"it is text of {len(probe.body.lines):,} lines"


def _shape(value: Json) -> str:
    if isinstance(value, dict):
        keys = ", ".join(displayed_line(key[:30]) for key in list(value)[:8]) or "none"
        return f"an object with the keys {keys}{' and more' if len(value) > 8 else ''}"
    if isinstance(value, list):
        return f"a list of {len(value):,} entries, the first is {_shape(value[0]) if value else 'missing'}"[:300]
    return f"a {type(value).__name__}"
