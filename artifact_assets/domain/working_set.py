"""What of the past Dagster keeps: the working set, and when something leaves it.

What belongs here: the policy, and the part of the ledger's port that remembers who left. What does not: partitions, runs and
events themselves (see ``artifact_assets.assets.retiring`` and ``pruning``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from pydantic import Field

from artifact_assets.domain.documents import Document
from artifact_assets.domain.states import MeetingState

FINISHED: frozenset[MeetingState] = frozenset(
    {MeetingState.DELIVERED, MeetingState.PARTIALLY_DELIVERED, MeetingState.EXPIRED}
)
"""States that wait for nobody. A failed or quarantined meeting, or one for review, stays in sight until somebody acts."""


class WorkingSetPolicy(Document):
    """How long finished meetings stay partitions of Dagster, and its runs and events in its storage. The ledger keeps both."""

    retire_after_days: float = Field(
        default=20.0,
        gt=0,
        le=3650,
        description="Days without a change after which a finished meeting leaves the partition set. Dagster recommends at most "
        "100,000 partitions: 20 days of 5,000 meetings.",
    )
    prune_after_days: float = Field(
        default=30.0,
        gt=0,
        le=3650,
        description="Days after which a finished run and its events are deleted, unless a partition still shows them.",
    )
    meetings_per_pass: int = Field(
        default=10_000, ge=1, le=1_000_000, description="Meetings retired at most in one pass."
    )
    runs_per_pass: int = Field(default=10_000, ge=1, le=1_000_000, description="Runs looked at at most in one pass.")
    documents: Literal["keep", "report", "collect"] = Field(
        default="report",
        description="What to do with documents that the ledger no longer names: nothing, count them, or delete them.",
    )
    document_grace_days: float = Field(
        default=7.0,
        ge=1,
        le=3650,
        description="Days a document must have gone unnamed; far longer than the longest run, which names what it wrote.",
    )


@dataclass(frozen=True)
class StoredDocument:
    """A document as it lies in the store. ``at`` is when it was stored last."""

    digest: str
    at: datetime
    size_bytes: int


class Collectable(Protocol):
    """The part of the artifact store's port about documents that nobody names any more."""

    async def stored(self, first: str) -> tuple[StoredDocument, ...]:
        """Documents whose digest begins with these two digits."""
        ...

    async def discard(self, digest: str, before: datetime) -> bool:
        """Delete a document unless it was stored, or stored again, at or after ``before``; whether it is gone."""
        ...


class Retirement(Protocol):
    """The part of the ledger's port about meetings that left the partition set. Working on one brings it back."""

    async def finished_before(self, moment: datetime, limit: int) -> tuple[str, ...]:
        """Finished meetings, not retired and held by nobody, that nothing changed since ``moment``; longest unchanged first."""
        ...

    async def retire(self, meeting_ids: Iterable[str], unchanged_since: datetime, now: datetime) -> None:
        """Remember that these left the partition set, those for which the above still holds."""
        ...

    async def named_documents(self, first: str, after: str) -> frozenset[str]:
        """Digests from ``first`` up to but without ``after`` that any row of the ledger names, in any column."""
        ...
