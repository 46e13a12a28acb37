"""Submitting and reading batches: what nobody waits for in a worker.

What belongs here: one round of work, repeatable after any crash. What does not: who asks for rounds (a sensor), and the
meetings, which are deferred meanwhile and find their answers among the stored ones.

A batch is in the books before it is submitted, and is submitted under a key of ours: after a crash in between it is looked
for at the provider, not submitted again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from artifact_assets.domain.documents import canonical_json
from artifact_assets.domain.model_batches import Batch, BatchBook, BatchEndpoint, BatchRequest
from artifact_assets.domain.model_policy import ModelPolicy
from artifact_assets.domain.model_ports import AnswerStore, CallOutcome, ModelCall, ModelFailure
from artifact_assets.domain.ports import ArtifactStore, Clock
from artifact_assets.extraction.model.envelope import usage_of, written
from artifact_assets.extraction.model.prompt import PROMPT_DIGEST, PROMPT_VERSION

ROUND_SECONDS = 900.0
"""How long one round may own the desk; a round that died is followed by the next one after that."""


@dataclass(frozen=True)
class Round:
    """What one round did. ``unknown`` and ``twice`` are lines nobody asked for."""

    submitted: int = 0
    answered: int = 0
    at_once: int = 0
    unknown: int = 0
    twice: int = 0


@dataclass(frozen=True)
class BatchDesk:
    """Works on the batches of one provider. ``owner`` names who works for a run."""

    provider: str
    endpoint: BatchEndpoint
    book: BatchBook
    answers: AnswerStore
    store: ArtifactStore
    clock: Clock
    policy: ModelPolicy
    owner: Callable[[str], str] = str

    async def has_work(self) -> bool:
        """Whether requests wait or batches are open."""
        return await self.book.waiting() > 0 or bool(await self.book.open_batches())

    async def work(self, owner: str) -> Round:
        """Submit what waits and read what is done. Does nothing while another process works here.

        Raises ModelFailure when the provider cannot be asked; everything done until then is in the books.
        """
        desk = f"batches of {self.provider}"
        claimed = await self.answers.claim(desk, owner, ROUND_SECONDS)
        if claimed.holder is not None:
            return Round()
        try:
            return await self._round(owner)
        finally:
            await self.answers.release(desk, owner)

    async def _round(self, owner: str) -> Round:
        answered = at_once = unknown = twice = submitted = 0
        for batch in await self.book.open_batches():
            if batch.provider != self.provider:
                continue
            read = await self._read(batch, owner)
            answered, at_once = answered + read.answered, at_once + read.at_once
            unknown, twice = unknown + read.unknown, twice + read.twice
        limits = self.policy.batch
        while batch := await self.book.prepare(
            self.provider, limits.most_requests, limits.most_bytes, self.clock.now()
        ):
            await self._submit(batch)
            submitted += batch.requests
        return Round(submitted, answered, at_once, unknown, twice)

    async def _submit(self, batch: Batch) -> str:
        lines = [await self.store.get(request.line) for request in await self.book.requests(batch.key)]
        batch_id = await self.endpoint.submit(batch.key, b"".join(line + b"\n" for line in lines))
        await self.book.attach(batch.key, batch_id)
        return batch_id

    async def _read(self, batch: Batch, owner: str) -> Round:
        batch_id = batch.batch_id
        if batch_id is None:
            # Its process died around the submission.
            batch_id = await self.endpoint.find(batch.key)
            if batch_id is None:
                await self._submit(batch)
                return Round()
            await self.book.attach(batch.key, batch_id)
        progress = await self.endpoint.poll(batch_id)
        requests = {request.request_digest: request for request in await self.book.requests(batch.key)}
        if not progress.ended:
            if all(request.deadline_at > self.clock.now() for request in requests.values()):
                return Round()
            # Too slow for the meetings that wait: what it has done is read in a later round.
            await self.endpoint.cancel(batch_id)
            progress = await self.endpoint.poll(batch_id)
            if not progress.ended:
                return Round()
        return await self._settle(batch, progress.status, progress.files, requests, owner)

    async def _settle(
        self,
        batch: Batch,
        status: str,
        files: tuple[bytes, ...],
        requests: Mapping[str, BatchRequest],
        owner: str,
    ) -> Round:
        seen: set[str] = set()
        answered: set[str] = set()
        unknown = twice = 0
        for digest, body in (line for content in files for line in _lines(content)):
            if digest not in requests:
                unknown += 1
            elif digest in seen:
                twice += 1
            else:
                seen.add(digest)
                if body is not None and await self._keep(requests[digest], body, owner, batch.created_at):
                    answered.add(digest)
        rest = tuple(sorted(set(requests) - answered))
        await self.book.end(batch.key, status, rest, self.clock.now())
        return Round(answered=len(answered), at_once=len(rest), unknown=unknown, twice=twice)

    async def _keep(self, request: BatchRequest, body: bytes, owner: str, sent_at: datetime) -> bool:
        """Store an answer like any other. False when it is none, so that the request is sent by itself."""
        try:
            written(body)
        except ModelFailure as failure:
            if not failure.failure_class.value.endswith("refused"):
                return False
        claimed = await self.answers.claim(request.request_digest, owner, ROUND_SECONDS)
        if claimed.known is not None:
            return True
        usage, prices = usage_of(body), self.policy.prices
        cost = prices.cost(usage.input_tokens or 0, usage.cached_tokens or 0, usage.output_tokens or 0)
        call = ModelCall(
            request_digest=request.request_digest,
            meeting_id=request.meeting_id,
            run_id=request.run_id,
            model=request.model,
            parameters={"batch": request.batch_key},
            started_at=sent_at,
            duration_seconds=(self.clock.now() - sent_at).total_seconds(),
            attempts=1,
            outcome=CallOutcome.ANSWERED,
            response=await self.store.put(body),
            usage=usage,
            cost=None if cost is None else round(cost * self.policy.batch.price_share, 8),
            prompt_version=PROMPT_VERSION,
            prompt_digest=PROMPT_DIGEST,
        )
        await self.answers.record(call, owner)
        return True


def _lines(content: bytes) -> Iterator[tuple[str, bytes | None]]:
    """Custom id and answer body of each line, None for an error; lines that are no JSON are passed over."""
    for line in content.splitlines():
        try:
            loaded: object = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if not isinstance(loaded, Mapping):
            continue
        told = cast("Mapping[str, Any]", loaded)
        response = told.get("response")
        digest = told.get("custom_id")
        if not isinstance(digest, str):
            continue
        if not isinstance(response, Mapping):
            yield digest, None
            continue
        answer = cast("Mapping[str, Any]", response)
        good = answer.get("status_code") == 200 and answer.get("body") is not None
        yield digest, canonical_json(answer.get("body")) if good else None
