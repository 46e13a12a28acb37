"""How much a transcript file may ask of this machine: one policy, each limit with a clear refusal.

What belongs here: the numbers, and refusals that need only a number. What does not: measuring a particular format (its
reader does that).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from artifact_assets.domain.failures import FailureClass, PipelineError

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class ReadingLimits:
    """Upper bounds for one file. Every bound must be positive.

    ``max_bytes``: size of the file; 20 MB is two hundred hours of captions. ``max_turns``: fragments (cues, sentences,
    words) and turns. ``max_nesting``: depth of JSON; vendors stay under 12. ``max_expanded_bytes``: what the parts of a
    DOCX that are read may grow to. ``max_expansion``: their growth; text compresses about 10 to 30 times, a bomb 1,000.
    """

    max_bytes: int = 20 * MEGABYTE
    max_turns: int = 1_000_000
    max_nesting: int = 64
    max_expanded_bytes: int = 60 * MEGABYTE
    max_expansion: int = 200

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if value <= 0:
                raise ValueError(f"{field.name} must be positive, not {value}")

    def check_size(self, size_bytes: int) -> None:
        """Refuse a file by its size alone, before it is read. Raises PipelineError(UNREADABLE_INPUT)."""
        if size_bytes > self.max_bytes:
            raise PipelineError(
                FailureClass.UNREADABLE_INPUT,
                f"The file holds {size_bytes:,} bytes and transcripts up to {self.max_bytes:,} bytes are read.",
                "Export the transcript alone, without the recording, or raise the size limit.",
            )

    def check_turns(self, count: int) -> None:
        """Refuse a file with too many cues, sentences or words. Raises PipelineError(UNREADABLE_INPUT)."""
        if count > self.max_turns:
            raise PipelineError(
                FailureClass.UNREADABLE_INPUT,
                f"The file holds {count:,} cues or entries and up to {self.max_turns:,} are read.",
                "Split the file by meeting, or raise the limit of turns.",
            )


def check_size(size_bytes: int, limits: ReadingLimits | None = None) -> None:
    """Refuse a file by its size alone, before it is read. Raises PipelineError(UNREADABLE_INPUT)."""
    (limits or ReadingLimits()).check_size(size_bytes)
