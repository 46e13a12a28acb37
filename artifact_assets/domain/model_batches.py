"""Requests that are answered in bulk, later and cheaper: what the pipeline asks of a batch endpoint and remembers of it.

What belongs here: the policy, the rows, the two ports. What does not: when what is submitted and read (see
``extraction.model.batch_desk``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from pydantic import Field

from artifact_assets.domain.documents import Document
from artifact_assets.domain.model_ports import ModelRequest


class BatchPolicy(Document):
    """Which requests go into batches. ``deadline_seconds`` after it was queued, a request is sent at once instead."""

    use: Literal["off", "backfill", "all"] = "off"
    most_requests: int = Field(default=50_000, ge=1, le=50_000, description="The provider's limit for one batch.")
    most_bytes: int = Field(default=200_000_000, ge=10_000, le=200_000_000, description="The same, of one file.")
    deadline_seconds: float = Field(default=72_000, gt=0, le=86_400)
    poll_seconds: float = Field(default=300, gt=0, le=86_400)
    price_share: float = Field(default=0.5, ge=0, le=1, description="What an answer costs of its usual price.")


class Queued(StrEnum):
    """Where a request for a batch stands. Stored by value. ``at_once`` is sent by itself like any other."""

    WAITING = "waiting"
    SENT = "sent"
    AT_ONCE = "at_once"


@dataclass(frozen=True)
class BatchRequest:
    """A request that waits for a batch or its end. ``line`` is the digest of its stored JSONL line."""

    request_digest: str
    line: str
    size_bytes: int
    model: str
    meeting_id: str
    run_id: str
    queued_at: datetime
    deadline_at: datetime
    state: Queued = Queued.WAITING
    batch_key: str | None = None


@dataclass(frozen=True)
class Batch:
    """Requests submitted together. ``batch_id`` is the provider's, None until it is known."""

    key: str
    provider: str
    requests: int
    created_at: datetime
    batch_id: str | None = None
    ended_at: datetime | None = None
    status: str | None = None


@dataclass(frozen=True)
class BatchProgress:
    """What the provider says. ``files`` are its output and error files, once it has ended in any way."""

    status: str
    ended: bool
    files: tuple[bytes, ...] = field(default=(), repr=False)


class BatchEndpoint(Protocol):
    """The provider's batch service. Raises ModelFailure."""

    def line(self, request: ModelRequest) -> bytes:
        """The request as a line of a batch file, without its line break."""
        ...

    async def submit(self, key: str, lines: bytes) -> str:
        """Upload the file and start the batch; returns the provider's id. ``key`` lets ``find`` find it."""
        ...

    async def find(self, key: str) -> str | None:
        """The provider's id of the batch submitted under ``key``, if it was."""
        ...

    async def poll(self, batch_id: str) -> BatchProgress:
        """Where the batch stands."""
        ...

    async def cancel(self, batch_id: str) -> None:
        """Stop it; what is done stays readable."""
        ...


class BatchBook(Protocol):
    """Requests in batches, across processes."""

    async def enqueue(self, request: BatchRequest) -> BatchRequest:
        """Have a request wait for the next batch; a known one is returned as it stands."""
        ...

    async def prepare(self, provider: str, limit: int, most_bytes: int, now: datetime) -> Batch | None:
        """Put waiting requests of one model into a new batch, before it is submitted. None when none waits."""
        ...

    async def attach(self, key: str, batch_id: str) -> None:
        """Remember the provider's id."""
        ...

    async def waiting(self) -> int:
        """How many requests wait for a batch."""
        ...

    async def open_batches(self) -> tuple[Batch, ...]:
        """Batches that have not ended."""
        ...

    async def requests(self, key: str) -> tuple[BatchRequest, ...]:
        """The requests of a batch."""
        ...

    async def end(self, key: str, status: str, at_once: tuple[str, ...], now: datetime) -> None:
        """The batch is over; ``at_once`` are digests it brought no answer for."""
        ...
