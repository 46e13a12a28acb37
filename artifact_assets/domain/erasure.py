"""Erasure: what is removed of a meeting, in which order, and what is known of it afterwards.

What belongs here: steps, tombstones, and the refusal of content that was erased. What does not: removing (see
``artifact_assets.stages.erasing``). Nothing here holds a word of a meeting or the name of a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Intent, Meeting


class ErasureStep(StrEnum):
    """The steps after the meeting was closed, in order. Stored by value; each may be repeated."""

    TOMBSTONE = "tombstone"
    SOURCES = "sources"
    RECORDS = "records"
    COPIES = "copies"
    DAGSTER = "dagster"
    DOCUMENTS = "documents"
    LEDGER = "ledger"
    COMPACT = "compact"


@dataclass(frozen=True)
class Tombstone:
    """What outlives a meeting: its id, when it was erased, and digests of transcripts that may not come back."""

    meeting_id: str
    at: datetime
    transcripts: tuple[str, ...]


@dataclass(frozen=True)
class Erasure:
    """One meeting's erasure. ``steps`` are those done; ``sources`` and ``documents`` are what the steps work through.

    ``removed`` counts what went by step; ``remains`` says what this program cannot remove, without a word of it.
    """

    meeting_id: str
    requested_at: datetime
    steps: tuple[ErasureStep, ...] = ()
    transcripts: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    removed: Mapping[str, int] = field(default_factory=dict[str, int])
    remains: tuple[Mapping[str, Any], ...] = ()
    finished_at: datetime | None = None

    @property
    def tombstone(self) -> Tombstone:
        """What is kept outside the ledger too."""
        return Tombstone(self.meeting_id, self.requested_at, self.transcripts)


@dataclass(frozen=True)
class Holdings:
    """Where a meeting's words lie: ``documents`` by digest, ``sources`` by path or URL, its writes and batches.

    ``answers`` are those of ``documents`` that a model answered or is asked, ``batches`` the providers' ids of batches that
    hold its requests, ``cases`` the folders that evals wrote it to.
    """

    meeting: Meeting
    transcripts: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    intents: tuple[Intent, ...] = ()
    batches: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    twins: tuple[str, ...] = ()


@dataclass(frozen=True)
class Taken:
    """What one step came to: how many things went, and what it had to leave."""

    removed: int = 0
    remains: tuple[Mapping[str, Any], ...] = ()


class ErasedContent(PipelineError):
    """A file brings back what was erased."""

    def __reduce__(self) -> tuple[type[ErasedContent], tuple[FailureClass, str, str]]:
        """Survive pickling."""
        return (type(self), (self.failure_class, self.cause, self.remedy))


CASE_MADE = "evals_add"
"""The intervention by which the ledger remembers the ``folder`` a case was written to."""


def erased_cause(at: datetime) -> str:
    """The cause that an erased meeting's row shows."""
    return f"Erased on request on {at:%Y-%m-%d}; its content is refused from then on."


def erased(meeting_id: str) -> ErasedContent:
    """The refusal of showing or running an erased meeting."""
    return ErasedContent(
        FailureClass.UNREADABLE_INPUT,
        f"{meeting_id} was erased on request, so nothing of it can be shown or run.",
        "See what is left with `trace`.",
    )


def refused_again(meeting_id: str) -> ErasedContent:
    """The refusal of a file with an erased meeting's id or content."""
    return ErasedContent(
        FailureClass.UNREADABLE_INPUT,
        f"What was received as {meeting_id} was erased on request, so it was not taken in again.",
        "Remove the file; another meeting needs a meeting_id of its own.",
    )
