"""Sending one request, at most once as far as anybody can know.

What belongs here: stored answers first, one sender at a time, budgets, limits, retries, and storing what came back before
anything reads it. What does not: what is asked (see ``conversation``) and how HTTP works (see ``resources``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from artifact_assets.domain.backfill_ports import Backfills, NoBackfills
from artifact_assets.domain.brief import Errand
from artifact_assets.domain.budgets import Amount, scopes
from artifact_assets.domain.dependency_ports import Dependencies
from artifact_assets.domain.failures import Deferral, FailureClass, PipelineError
from artifact_assets.domain.model_policy import ModelPolicy
from artifact_assets.domain.model_ports import (
    Advice,
    AnswerStore,
    CallOutcome,
    LanguageModel,
    ModelCall,
    ModelFailure,
    ModelRequest,
    RawAnswer,
)
from artifact_assets.domain.ports import ArtifactStore, Clock
from artifact_assets.extraction.model.batching import Batching
from artifact_assets.extraction.model.envelope import Written, usage_of, written
from artifact_assets.extraction.model.permission import Permission
from artifact_assets.extraction.model.prompt import COMMITTED, Prompt
from artifact_assets.extraction.model.turns import Turns

HELD_POLL_SECONDS = 0.25


@dataclass(frozen=True)
class Answer:
    """What the model wrote, with the books about it. ``call`` is the same whether it was paid now or long ago."""

    call: ModelCall
    written: Written = field(repr=False)


@dataclass(frozen=True)
class Asker:
    """Asks a model. ``owner`` names who asks for a run; ``is_gone`` tells whether such a one can no longer be alive.

    ``prompt`` is what its calls are booked under.
    """

    model: LanguageModel
    answers: AnswerStore
    dependencies: Dependencies
    store: ArtifactStore
    clock: Clock
    policy: ModelPolicy
    owner: Callable[[str], str]
    is_gone: Callable[[str], bool]
    batching: Batching | None = None
    prompt: Prompt = COMMITTED
    backfills: Backfills = field(default_factory=NoBackfills)
    turns: Turns = field(default_factory=Turns)

    @property
    def permission(self) -> Permission:
        """What one more call needs."""
        return Permission(self.model.provider, self.dependencies, self.clock, self.policy, self.backfills, self.turns)

    async def ask(self, request: ModelRequest, errand: Errand, deadline: float) -> Answer:
        """The answer, stored or new. ``deadline`` is on the monotonic clock.

        Raises ModelFailure when no waiting helps, Deferral when the next attempt is known, PipelineError otherwise.
        """
        owner, displacing = self.owner(errand.run_id), None
        while True:
            claimed = await self.answers.claim(request.digest, owner, self.policy.lease_seconds, displacing=displacing)
            if claimed.known is not None:
                answer = await self._stored(claimed.known)
                if answer is not None:
                    return answer
            elif claimed.holder is None:
                return await self._sending(request, errand, deadline, owner)
            elif self.is_gone(claimed.holder):
                displacing = claimed.holder
            else:
                # Somebody sends the same request now; their answer will do.
                await self.permission.wait(HELD_POLL_SECONDS, deadline, FailureClass.MODEL_TIMEOUT)

    async def _stored(self, call: ModelCall) -> Answer | None:
        """A stored answer, None when it cannot serve and was taken out of the books."""
        if call.response is not None and await self.store.intact(call.response):
            content = await self.store.get(call.response)
            try:
                return Answer(call, written(content))
            except ModelFailure as failure:
                if failure.advice is Advice.NEVER:
                    raise
        # Erased, damaged, or stored by a process that died before it saw that this is no answer.
        await self.answers.discard(call.request_digest, FailureClass.MODEL_UNAVAILABLE)
        return None

    async def _sending(self, request: ModelRequest, errand: Errand, deadline: float, owner: str) -> Answer:
        try:
            if self.batching is not None and self.batching.takes(errand):
                await self.batching.put_off(request, errand)
            return await self._attempts(request, errand, deadline, owner)
        except BaseException:
            # Also when cancelled: the next one may ask at once. A recorded answer has given the right back already.
            await self.answers.release(request.digest, owner)
            raise

    async def _attempts(self, request: ModelRequest, errand: Errand, deadline: float, owner: str) -> Answer:
        attempt = 0
        while True:
            attempt += 1
            call: ModelCall | None = None
            try:
                await self.permission.obtain(request, errand, deadline)
                started, began = self.clock.now(), self.clock.monotonic()
                raw = await self._bounded(request, deadline)
                call = await self._record(request, errand, owner, raw, started, began, attempt)
                answer = Answer(call, written(raw.content))
                await self.dependencies.succeeded(self.model.provider)
            except ModelFailure as failure:
                if call is not None and failure.advice is Advice.AGAIN:
                    await self.answers.discard(request.digest, failure.failure_class)
                try:
                    await self._again(failure, attempt, deadline, live=errand.live)
                except PipelineError:
                    if call is None:
                        await self._record_failure(request, errand, owner, failure, attempt)
                    raise
                # A discarded answer took the right to ask with it, and a long wait may have outlived the lease.
                claimed = await self.answers.claim(request.digest, owner, self.policy.lease_seconds)
                if claimed.known is not None or claimed.holder is not None:
                    return await self.ask(request, errand, deadline)
            else:
                return answer

    async def _bounded(self, request: ModelRequest, deadline: float) -> RawAnswer:
        seconds = min(self.policy.call_timeout_seconds, deadline - self.clock.monotonic())
        if seconds <= 0:
            raise self.permission.late(FailureClass.MODEL_TIMEOUT)
        try:
            async with asyncio.timeout(seconds):
                return await self.model.ask(request)
        except TimeoutError:
            raise ModelFailure(
                FailureClass.MODEL_TIMEOUT,
                f"The model {self.model.provider} did not finish its answer within {seconds:.0f} s.",
                advice=Advice.AGAIN,
                code="total_timeout",
            ) from None

    async def _record(
        self,
        request: ModelRequest,
        errand: Errand,
        owner: str,
        raw: RawAnswer,
        started: datetime,
        began: float,
        attempts: int,
    ) -> ModelCall:
        """Store the answer as it came, with its usage, before anything reads it."""
        usage = usage_of(raw.content)
        read, out = usage.input_tokens or 0, usage.output_tokens or 0
        told = usage.input_tokens is not None and usage.output_tokens is not None
        expected = self.permission.expected(request)
        call = ModelCall(
            request_digest=request.digest,
            meeting_id=errand.meeting_id,
            run_id=errand.run_id,
            model=request.model,
            parameters=request.parameters,
            started_at=started,
            duration_seconds=round(self.clock.monotonic() - began, 4),
            attempts=attempts,
            outcome=CallOutcome.ANSWERED,
            response=await self.store.put(raw.content),
            usage=usage,
            cost=self.policy.prices.cost(read, usage.cached_tokens or 0, out) if told else None,
            prompt_version=self.prompt.version,
            prompt_digest=self.prompt.digest,
        )
        used = Amount(1, read + out, call.cost or 0.0) if told else expected
        counted = tuple(scopes(self.policy.budgets, started, errand.meeting_id, errand.backfill))
        # Submitted together, committed together.
        await asyncio.gather(
            self.answers.record(call, owner),
            self.dependencies.spend(self.model.provider, request.digest, used, counted),
            self.dependencies.observed(
                self.model.provider, self.policy.rate, raw.limits, expected.tokens - used.tokens
            ),
        )
        return call

    async def _record_failure(
        self, request: ModelRequest, errand: Errand, owner: str, failure: ModelFailure, attempts: int
    ) -> None:
        call = ModelCall(
            request_digest=request.digest,
            meeting_id=errand.meeting_id,
            run_id=errand.run_id,
            model=request.model,
            parameters=request.parameters,
            started_at=self.clock.now(),
            duration_seconds=0.0,
            attempts=attempts,
            outcome=CallOutcome.FAILED,
            prompt_version=self.prompt.version,
            prompt_digest=self.prompt.digest,
            failure_class=failure.failure_class,
        )
        await self.answers.record(call, owner)

    async def _again(self, failure: ModelFailure, attempt: int, deadline: float, *, live: bool) -> None:
        """Tell the others what happened and wait before the next attempt; raise when there is none."""
        name, policy = self.model.provider, self.policy
        opened: datetime | None = None
        if failure.failure_class is FailureClass.MODEL_RATE_LIMITED:
            await self.dependencies.throttled(name, policy.rate, failure.retry_after)
        elif failure.advice in {Advice.AGAIN, Advice.PARK, Advice.LATER}:
            health = await self.dependencies.failed(
                name,
                policy.breaker,
                failure.failure_class,
                failure.cause,
                park=failure.advice is Advice.PARK,
                retry_after=failure.retry_after,
            )
            opened = health.next_attempt_at
        else:
            # The dependency is well; it is this request that it cannot serve.
            await self.dependencies.succeeded(name)
            raise failure
        wait = policy.backoff.delay(attempt, self.clock.random())
        wait = max(wait, failure.retry_after or 0)
        if failure.advice is not Advice.AGAIN or wait > policy.patience_seconds:
            until = max(self.clock.now() + timedelta(seconds=wait), opened or self.clock.now())
            raise Deferral(failure, self.permission.spread(until, live=live))
        if attempt >= policy.attempts:
            raise failure
        await self.permission.wait(wait, deadline, failure.failure_class)
