"""Requests in batches, across processes.

What belongs here: statements over ``batches`` and ``batch_requests``, and the ``BatchBook`` port over them. What does not:
when a batch is submitted or read (see ``artifact_assets.extraction.model.batch_desk``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select, update

from artifact_assets.domain.documents import digest_of
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.model_batches import Batch, BatchRequest, Queued
from resources.database.transaction import Transaction
from resources.ledger.batch_tables import BATCH_REQUESTS, BATCHES
from resources.ledger.ledger import SqlLedger

_B, _Q = BATCHES.c, BATCH_REQUESTS.c
_KNOWN = (
    select(BATCH_REQUESTS)
    .where(_Q.request_digest.in_(bindparam("digests", expanding=True)))
    .order_by(_Q.request_digest)
    .with_for_update()
)
_WAITING = (
    select(BATCH_REQUESTS)
    .where(_Q.state == Queued.WAITING.value)
    .order_by(_Q.model, _Q.queued_at, _Q.request_digest)
    .limit(bindparam("b_limit"))
    .with_for_update()
)
_HOW_MANY = select(func.count().label("waiting")).where(_Q.state == Queued.WAITING.value)
_ADD = insert(BATCH_REQUESTS)
_ADD_BATCH = insert(BATCHES)
_MOVE = (
    update(BATCH_REQUESTS)
    .where(_Q.request_digest == bindparam("b_digest"))
    .values(state=bindparam("b_state"), batch_key=bindparam("b_key"))
)
_AT_ONCE = update(BATCH_REQUESTS).where(_Q.request_digest == bindparam("b_digest")).values(state=Queued.AT_ONCE.value)
_ATTACH = update(BATCHES).where(_B.key == bindparam("b_key")).values(batch_id=bindparam("b_id"))
_END = (
    update(BATCHES).where(_B.key == bindparam("b_key")).values(ended_at=bindparam("b_at"), status=bindparam("b_status"))
)
_OPEN = select(BATCHES).where(_B.ended_at.is_(None)).order_by(_B.created_at, _B.key)


@dataclass(frozen=True)
class Preparing:
    """A wish for a batch."""

    provider: str
    limit: int
    most_bytes: int
    now: datetime


@dataclass(frozen=True)
class Ending:
    """The end of a batch."""

    key: str
    status: str
    at_once: tuple[str, ...]
    now: datetime


def enqueue(transaction: Transaction, requests: Sequence[BatchRequest]) -> Sequence[BatchRequest | PipelineError]:
    """Add requests that are not known yet. What was never taken into a batch until its deadline is to be sent at once."""
    digests = sorted({request.request_digest for request in requests})
    known = {row.request_digest: request_from(row) for row in transaction.rows(_KNOWN, digests=digests)}
    new = {request.request_digest: request for request in requests if request.request_digest not in known}
    transaction.many(_ADD, [{**vars(request), "state": request.state.value} for request in new.values()])
    late = [
        request.request_digest
        for request in requests
        if (found := known.get(request.request_digest)) is not None
        and found.state is Queued.WAITING
        and found.deadline_at <= request.queued_at
    ]
    transaction.many(_AT_ONCE, [{"b_digest": digest} for digest in late])
    known.update({digest: replace(known[digest], state=Queued.AT_ONCE) for digest in late})
    return [known.get(request.request_digest) or new[request.request_digest] for request in requests]


def prepare(transaction: Transaction, requests: Sequence[Preparing]) -> Sequence[Batch | PipelineError | None]:
    """Take waiting requests of one model, up to the limits, into a batch of its own."""
    outcomes: list[Batch | None] = []
    for request in requests:
        rows = [request_from(row) for row in transaction.rows(_WAITING, b_limit=request.limit)]
        chosen: list[BatchRequest] = []
        size = 0
        for row in rows:
            # A file of several models is refused by the provider; each line ends with a line break.
            fits = size + row.size_bytes + 1 <= request.most_bytes or not chosen
            if row.model != rows[0].model or not fits:
                break
            chosen.append(row)
            size += row.size_bytes + 1
        if not chosen:
            outcomes.append(None)
            continue
        digests = [row.request_digest for row in chosen]
        key = digest_of([request.provider, digests, request.now.isoformat()])
        batch = Batch(key, request.provider, len(chosen), request.now)
        transaction.many(_ADD_BATCH, [dict(vars(batch))])
        transaction.many(
            _MOVE, [{"b_digest": digest, "b_state": Queued.SENT.value, "b_key": key} for digest in digests]
        )
        outcomes.append(batch)
    return outcomes


def attach(transaction: Transaction, requests: Sequence[tuple[str, str]]) -> Sequence[PipelineError | None]:
    """Remember the provider's ids, each as (key, id)."""
    transaction.many(_ATTACH, [{"b_key": key, "b_id": batch_id} for key, batch_id in requests])
    return [None] * len(requests)


def end(transaction: Transaction, requests: Sequence[Ending]) -> Sequence[PipelineError | None]:
    """Close batches and free what they brought no answer for."""
    transaction.many(_AT_ONCE, [{"b_digest": digest} for request in requests for digest in request.at_once])
    transaction.many(_END, [{"b_key": r.key, "b_at": r.now, "b_status": r.status} for r in requests])
    return [None] * len(requests)


def request_from(row: Row[Any]) -> BatchRequest:
    """A row of ``batch_requests``."""
    values: dict[str, Any] = dict(row._mapping)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - its documented name
    values["state"] = Queued(row.state)
    return BatchRequest(**values)


def batch_from(row: Row[Any]) -> Batch:
    """A row of ``batches``."""
    return Batch(row.key, row.provider, row.requests, row.created_at, row.batch_id, row.ended_at, row.status)


def _count(row: Row[Any]) -> int:
    return row.waiting


class SqlBatches:
    """``BatchBook`` in the ledger's database."""

    def __init__(self, ledger: SqlLedger) -> None:
        self._ledger = ledger

    async def enqueue(self, request: BatchRequest) -> BatchRequest:
        """See ``BatchBook.enqueue``."""
        return await self._ledger.write(enqueue, request, request.request_digest)

    async def prepare(self, provider: str, limit: int, most_bytes: int, now: datetime) -> Batch | None:
        """See ``BatchBook.prepare``."""
        return await self._ledger.write(prepare, Preparing(provider, limit, most_bytes, now), prepare)

    async def attach(self, key: str, batch_id: str) -> None:
        """See ``BatchBook.attach``."""
        await self._ledger.write(attach, (key, batch_id), key)

    async def waiting(self) -> int:
        """See ``BatchBook.waiting``."""
        (count,) = await self._ledger.read(_HOW_MANY, _count)
        return count

    async def open_batches(self) -> tuple[Batch, ...]:
        """See ``BatchBook.open_batches``."""
        return await self._ledger.read(_OPEN, batch_from)

    async def requests(self, key: str) -> tuple[BatchRequest, ...]:
        """See ``BatchBook.requests``."""
        of_batch = select(BATCH_REQUESTS).where(_Q.batch_key == key).order_by(_Q.request_digest)
        return await self._ledger.read(of_batch, request_from)

    async def end(self, key: str, status: str, at_once: tuple[str, ...], now: datetime) -> None:
        """See ``BatchBook.end``."""
        await self._ledger.write(end, Ending(key, status, at_once, now), key)
