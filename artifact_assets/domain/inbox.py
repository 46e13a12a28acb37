"""What lies in the inbox, and which of it to take next.

What belongs here: found files, what they looked like, and the order of taking them. What does not: listing a folder (see
``resources.inbox``) and what happens to a taken file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

SIDECAR_SUFFIX = ".meta.json"
EXPECTED_SUFFIX = ".expected.json"
UNFINISHED_SUFFIXES = frozenset({".part", ".partial", ".crdownload", ".download", ".tmp", ".temp", ".swp", ".filepart"})


@dataclass(frozen=True)
class FoundFile:
    """A file as it lies there. ``modified`` is in seconds since 1970; ``mark`` also tells contents of one second apart."""

    source: str
    relative_path: str
    size_bytes: int
    modified: float

    @property
    def mark(self) -> str:
        """What the file looks like from outside; another mark means it may have changed."""
        return f"{self.size_bytes}:{self.modified!r}"


@dataclass(frozen=True)
class InboxEntry:
    """A transcript file and the sidecar beside it."""

    transcript: FoundFile
    sidecar: FoundFile | None = None

    @property
    def mark(self) -> str:
        """What both look like from outside."""
        return self.transcript.mark + (f"|{self.sidecar.mark}" if self.sidecar else "")

    @property
    def modified(self) -> float:
        """When either changed last."""
        return max(self.transcript.modified, self.sidecar.modified if self.sidecar else 0.0)


def sidecar_name(name: str) -> str:
    """``NAME.meta.json`` for ``NAME.vtt``, folders kept."""
    path = PurePosixPath(name)
    return str(path.with_name(path.stem + SIDECAR_SUFFIX))


def entries(files: Sequence[FoundFile]) -> tuple[InboxEntry, ...]:
    """Transcripts with their sidecars, by path. Hidden files and unfinished downloads are left out."""
    by_path = {file.relative_path: file for file in files}
    return tuple(
        InboxEntry(file, by_path.get(sidecar_name(path)))
        for path, file in sorted(by_path.items())
        if not path.endswith((SIDECAR_SUFFIX, EXPECTED_SUFFIX)) and not _unfinished(path)
    )


def _unfinished(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return (
        any(part.startswith((".", "~")) for part in parts) or PurePosixPath(path).suffix.lower() in UNFINISHED_SUFFIXES
    )


def to_take(
    found: Sequence[InboxEntry],
    marks: Mapping[str, str],
    *,
    now: float,
    settled_seconds: float,
    after: str,
    at_most: int,
) -> tuple[InboxEntry, ...]:
    """The next changed entries, those behind path ``after`` first, so that no file waits forever behind others.

    ``marks`` maps sources to what they looked like when taken last. A file that changed less than ``settled_seconds`` ago
    may still be written and is left for later; one dated in the future has an unreliable clock and is not waited for.
    """
    changed = [
        entry
        for entry in found
        if marks.get(entry.transcript.source) != entry.mark and not 0 <= now - entry.modified < settled_seconds
    ]
    changed.sort(key=lambda entry: (entry.transcript.relative_path <= after, entry.transcript.relative_path))
    return tuple(changed[:at_most])
