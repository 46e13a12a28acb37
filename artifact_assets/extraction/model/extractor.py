"""The extractor with a model: one meeting in, its claims out, every answer on the books.

What belongs here: chunks, one repair, and what happens when a model does not keep to the form. What does not: sending
(see ``asking``), wording (see ``conversation``) and judging (see ``domain.art``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from artifact_assets.domain.artifact import Claim, Extraction, ExtractorTrace, RuleFailure
from artifact_assets.domain.brief import Brief, Errand, Vocabulary
from artifact_assets.domain.documents import digest_of
from artifact_assets.domain.failures import Deferral, FailureClass, PipelineError
from artifact_assets.domain.model_policy import ModelPolicy
from artifact_assets.domain.model_ports import Advice, Message, ModelFailure, ModelRequest
from artifact_assets.domain.ports import Extractor
from artifact_assets.domain.transcript import Transcript
from artifact_assets.extraction.model.answer import Reading, read_answer
from artifact_assets.extraction.model.asking import Asker
from artifact_assets.extraction.model.chunks import Chunk, chunks_of, halved
from artifact_assets.extraction.model.conversation import messages_for, repair_messages
from artifact_assets.extraction.model.merging import agreed, merged
from artifact_assets.extraction.model.redaction import Redaction
from artifact_assets.extraction.model.schema import SCHEMA_NAME, schema_for
from artifact_assets.extraction.model.shortfalls import by_rules, for_now, left_out, shortened
from artifact_assets.extraction.model.standing_in import OUTAGES, stand_in
from artifact_assets.extraction.model.tally import Tally
from artifact_assets.extraction.model.tokens import estimate

NAME = "model"
# Raised whenever asking, reading or merging changes: stored extractions of another version are stale.
VERSION = "1"
HALVINGS = 3
"""How often a chunk that does not fit is cut: down to an eighth. What is still too long then is not a matter of size."""
SHORTENED = 0.4
"""A server that counts fewer tokens than this share of our estimate cannot have read all: the estimate errs by 1.5 at most."""
NOBODY = Errand(meeting_id="-", run_id="-")
ITS_OWN = frozenset(
    {FailureClass.MODEL_REFUSED, FailureClass.MODEL_OUTPUT_INVALID, FailureClass.MODEL_OUTPUT_TRUNCATED}
)
"""Failures that say something about a chunk's words, so that a partial result may go without it. Others concern all."""


@dataclass(frozen=True)
class Estimate:
    """What an extraction will use at most. ``cost`` is in US dollars, None without prices."""

    calls: int
    input_tokens: int
    output_tokens: int
    cost: float | None


@dataclass(frozen=True)
class _Part:
    """What one chunk came to: claims, or the failure that left it out."""

    chunk: Chunk
    claims: tuple[Claim, ...] = ()
    failure: PipelineError | None = None


@dataclass(frozen=True)
class _Task:
    """What all chunks of one meeting share."""

    transcript: Transcript
    brief: Brief
    schema: Mapping[str, Any]
    errand: Errand
    deadline: float
    tally: Tally
    gate: asyncio.Semaphore
    shortened: list[str]


class ModelExtractor:
    """Implements ``domain.ports.Extractor``. ``rules`` take over where the policy says so, labelled as such."""

    def __init__(self, asker: Asker, model: str, rules: Extractor) -> None:
        self._asker = asker
        self._model = model
        self._rules = rules

    @property
    def identity(self) -> Mapping[str, str]:
        """Everything that determines the outcome besides transcript and brief."""
        policy = self._policy
        identity = {
            "extractor": NAME,
            "version": VERSION,
            "provider": self._asker.model.provider,
            "model": self._model,
            "prompt": self._asker.prompt.digest,
            "schema": digest_of(schema_for(Vocabulary(), most_items=policy.most_items)),
            "chunks": f"{policy.chunk_tokens}+{policy.overlap_tokens}",
            "samples": str(policy.samples),
            "redact": str(policy.redact),
            "on_invalid": policy.on_invalid,
            "on_chunk_failure": policy.on_chunk_failure,
            **{name: str(value) for name, value in policy.parameters().items()},
        }
        if policy.on_invalid == "deterministic":
            identity["rules"] = self._rules.identity.get("version", "")
            identity["fallback_kinds"] = ",".join(policy.fallback_kinds)
        return identity

    def estimate(self, transcript: Transcript, brief: Brief) -> Estimate:
        """What extracting this meeting will use at most, without repairs and repetitions."""
        policy = self._policy
        chunks = chunks_of(transcript, policy.chunk_tokens, policy.overlap_tokens)
        requests = [
            self._request(self._messages(chunk, transcript, brief, chunks), self._schema(brief)) for chunk in chunks
        ]
        read = policy.samples * sum(estimate(m.text) for request in requests for m in request.messages)
        calls = policy.samples * len(requests)
        out = calls * policy.output_tokens
        return Estimate(calls, read, out, policy.prices.cost(read, 0, out))

    async def extract(self, transcript: Transcript, transcript_digest: str, brief: Brief) -> Extraction:
        """The claims. Raises PipelineError with a model_* class or budget_exceeded, Deferral where a next attempt is known."""
        redaction = Redaction() if self._policy.redact else None
        shown = redaction.transcript(transcript) if redaction else transcript
        told = redaction.brief(brief) if redaction else brief
        task = _Task(
            shown,
            told,
            self._schema(brief),
            brief.errand or NOBODY,
            self._asker.clock.monotonic() + self._policy.deadline_seconds,
            Tally(self._asker.prompt),
            asyncio.Semaphore(self._policy.parallel_chunks),
            [],
        )
        chunks = chunks_of(shown, self._policy.chunk_tokens, self._policy.overlap_tokens)
        parts = await asyncio.gather(*(self._part(chunk, chunks, task) for chunk in chunks))
        failed = [part for part in parts if part.failure is not None]
        if failed and not self._may_leave_out(parts):
            return await self._without(_gravest(failed), transcript, transcript_digest, brief, task)
        claims = merged([part.claims for part in parts])
        return Extraction(
            transcript_digest=transcript_digest,
            trace=task.tally.trace(NAME, VERSION, self._model, self._parameters),
            claims=tuple(redaction.restore(claim) for claim in claims) if redaction else claims,
            warnings=(
                *(left_out(part.chunk.place, part.failure) for part in failed if part.failure),
                *(shortened(place) for place in task.shortened),
            ),
        )

    @property
    def _policy(self) -> ModelPolicy:
        return self._asker.policy

    @property
    def _parameters(self) -> dict[str, str]:
        return {name: str(value) for name, value in self._policy.parameters().items()}

    def _schema(self, brief: Brief) -> Mapping[str, Any]:
        return schema_for(brief.vocabulary, most_items=self._policy.most_items)

    def _messages(
        self, chunk: Chunk, transcript: Transcript, brief: Brief, chunks: Sequence[Chunk]
    ) -> tuple[Message, ...]:
        return messages_for(chunk, transcript, brief, whole=len(chunks) == 1, prompt=self._asker.prompt)

    def _request(self, messages: tuple[Message, ...], schema: Mapping[str, Any], sample: int = 0) -> ModelRequest:
        return ModelRequest(
            self._asker.model.provider, self._model, messages, SCHEMA_NAME, schema, self._policy.parameters(sample)
        )

    async def _part(self, chunk: Chunk, chunks: Sequence[Chunk], task: _Task, halvings: int = HALVINGS) -> _Part:
        """One chunk's claims. Its failure is kept as a value: the other chunks' answers are paid for and stay stored."""
        try:
            messages = self._messages(chunk, task.transcript, task.brief, chunks)
            samples = [
                await self._claims(self._request(messages, task.schema, number), chunk, task)
                for number in range(self._policy.samples)
            ]
        except PipelineError as failure:
            if not _wants_smaller(failure):
                return _Part(chunk, failure=failure)
            halves = halved(chunk, task.transcript) if halvings else None
            if halves is None:
                return _Part(chunk, failure=_too_large(chunk, failure))
            parts = [await self._part(half, halves, task, halvings - 1) for half in halves]
            failure = next((part.failure for part in parts if part.failure), None)
            return _Part(chunk, merged([part.claims for part in parts]), failure)
        return _Part(chunk, agreed(samples))

    async def _claims(self, request: ModelRequest, chunk: Chunk, task: _Task) -> tuple[Claim, ...]:
        """The claims of one answer, re-asked once when something is wrong with it."""
        first, text = await self._read(request, chunk, task)
        if not first.problems:
            return first.claims
        again = self._request(repair_messages(request.messages, text, first.problems), request.schema)
        again = ModelRequest(
            again.provider, again.model, again.messages, again.schema_name, again.schema, request.parameters
        )
        try:
            second, _ = await self._read(again, chunk, task)
        except ModelFailure as failure:
            if failure.advice not in {Advice.NEVER, Advice.SMALLER} or not first.usable:
                raise
            second = first
        if second.usable:
            # References that are still wrong are left to the ART rules, which show such items to a person.
            return second.claims
        if first.usable:
            return first.claims
        if self._policy.on_invalid == "defer":
            # A stored answer would be the same next time.
            for digest in (request.digest, again.digest):
                await self._asker.answers.discard(digest, FailureClass.MODEL_OUTPUT_INVALID)
        raise PipelineError(
            FailureClass.MODEL_OUTPUT_INVALID,
            f"The model's answer about {chunk.place} of {task.errand.meeting_id} did not keep to the form twice "
            f"({len(second.problems)} problems), so nothing of it was used.",
        )

    async def _read(self, request: ModelRequest, chunk: Chunk, task: _Task) -> tuple[Reading, str]:
        async with task.gate:
            answer = await self._asker.ask(request, task.errand, task.deadline)
        task.tally.count(answer.call)
        read = answer.call.usage.input_tokens
        if read is not None and read < SHORTENED * sum(estimate(message.text) for message in request.messages):
            task.shortened.append(chunk.place)
        if not answer.written.whole:
            raise ModelFailure(
                FailureClass.MODEL_OUTPUT_TRUNCATED,
                f"The answer about {chunk.place} of {task.errand.meeting_id} was cut off at {self._policy.output_tokens} "
                "tokens.",
                advice=Advice.SMALLER,
            )
        reading = read_answer(answer.written.text, chunk.turns, task.brief.vocabulary)
        return reading, answer.written.text

    def _may_leave_out(self, parts: Sequence[_Part]) -> bool:
        """Whether a partial result is allowed: by policy, about single chunks, and with something left."""
        if self._policy.on_chunk_failure != "partial" or all(part.failure is not None for part in parts):
            return False
        return all(part.failure is None or part.failure.failure_class in ITS_OWN for part in parts)

    async def _without(
        self, failure: PipelineError, transcript: Transcript, digest: str, brief: Brief, task: _Task
    ) -> Extraction:
        """What the policy makes of a meeting the model could not be used on."""
        if failure.failure_class in OUTAGES and task.errand.live and brief.kind in self._policy.outage_kinds:
            note = for_now(self._model, failure)
            return await stand_in(self._rules, note, transcript, digest, brief, self._policy, self._trace(task.tally))
        if failure.failure_class not in {FailureClass.MODEL_OUTPUT_INVALID, FailureClass.MODEL_OUTPUT_TRUNCATED}:
            raise failure
        if self._policy.on_invalid == "quarantine":
            reason = RuleFailure(quality="accurate", code=failure.failure_class.value, reason=failure.cause)
            trace = self._trace(task.tally)
            return Extraction(transcript_digest=digest, trace=trace, claims=(), failures=(reason,))
        if self._policy.on_invalid == "defer":
            raise Deferral(failure, self._asker.permission.retry_at())
        note = by_rules(self._model, failure)
        return await stand_in(self._rules, note, transcript, digest, brief, self._policy, self._trace(task.tally))

    def _trace(self, tally: Tally) -> ExtractorTrace:
        return tally.trace(NAME, VERSION, self._model, {**self._parameters, "on_invalid": self._policy.on_invalid})


def _wants_smaller(failure: PipelineError) -> bool:
    return isinstance(failure, ModelFailure) and failure.advice is Advice.SMALLER


def _too_large(chunk: Chunk, failure: PipelineError) -> PipelineError:
    return PipelineError(failure.failure_class, f"{failure.cause} It cannot be cut any smaller: {chunk.place}.")


def _gravest(failed: Sequence[_Part]) -> PipelineError:
    """What to do about a meeting when several chunks failed: first what concerns all, so that nothing is judged too early."""
    failures = [part.failure for part in failed if part.failure is not None]
    return next((f for f in failures if f.failure_class not in ITS_OWN), failures[0])
