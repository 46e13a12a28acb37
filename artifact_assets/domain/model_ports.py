"""What the pipeline asks of a language model, and where its answers are kept.

What belongs here: requests, raw answers, failures of a call, and the two ports. What does not: prompts and reading answers
(see ``extraction.model``), and any provider's wire format (see ``resources.language_model``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Protocol

from artifact_assets.domain.documents import digest_of
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Json


@dataclass(frozen=True)
class Message:
    """One message of a conversation. ``role`` is system, user or assistant."""

    role: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class ModelRequest:
    """Everything that determines an answer. ``provider`` names the endpoint, since equal names are not equal models."""

    provider: str
    model: str
    messages: tuple[Message, ...]
    schema_name: str
    schema: Json = field(repr=False)
    parameters: Json = field(default_factory=dict[str, Any])

    @cached_property
    def digest(self) -> str:
        """The key its answer is stored under: the same request is never paid for twice."""
        return digest_of(
            {
                "provider": self.provider,
                "model": self.model,
                "messages": [[message.role, message.text] for message in self.messages],
                "schema": [self.schema_name, dict(self.schema)],
                "parameters": dict(self.parameters),
            }
        )


@dataclass(frozen=True)
class Usage:
    """Tokens of one answer as the provider counts them; None where it does not say."""

    input_tokens: int | None = None
    cached_tokens: int | None = None
    output_tokens: int | None = None


@dataclass(frozen=True)
class ProviderLimits:
    """What an answer's headers tell about rate limits. Resets are seconds from now."""

    requests_per_minute: float | None = None
    requests_left: float | None = None
    requests_reset: float | None = None
    tokens_per_minute: float | None = None
    tokens_left: float | None = None
    tokens_reset: float | None = None


@dataclass(frozen=True)
class RawAnswer:
    """An answer exactly as it came with a success status, not yet read."""

    content: bytes = field(repr=False)
    limits: ProviderLimits = ProviderLimits()
    request_id: str | None = None


class Advice(StrEnum):
    """What helps after a failed call, as the adapter knows it from status and code."""

    AGAIN = "again"
    LATER = "later"
    PARK = "park"
    SMALLER = "smaller"
    NEVER = "never"


class ModelFailure(PipelineError):
    """A call that brought no answer. ``retry_after`` is in seconds, where the provider said so.

    ``again`` may be tried within the meeting's deadline, ``later`` when the provider's limit is over, ``park`` when a
    person changed the account or the configuration, ``smaller`` with less text, ``never`` not at all.
    """

    def __init__(
        self,
        failure_class: FailureClass,
        cause: str,
        remedy: str | None = None,
        *,
        advice: Advice,
        retry_after: float | None = None,
        status: int | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(failure_class, cause, remedy)
        self.advice = advice
        self.retry_after = retry_after
        self.status = status
        self.code = code


class LanguageModel(Protocol):
    """A model behind an endpoint. Tries once; who calls it decides about more."""

    @property
    def provider(self) -> str:
        """The endpoint's name: part of request digests and the dependency name in the ledger."""
        ...

    async def ask(self, request: ModelRequest) -> RawAnswer:
        """One call, bounded in time. Raises ModelFailure."""
        ...


class CallOutcome(StrEnum):
    """What became of a stored answer. Stored by value."""

    ANSWERED = "answered"
    DISCARDED = "discarded"
    FAILED = "failed"


@dataclass(frozen=True)
class ModelCall:
    """One paid or failed request, as the ledger remembers it. ``response`` is the digest of the raw answer's document."""

    request_digest: str
    meeting_id: str
    run_id: str
    model: str
    parameters: Json
    started_at: datetime
    duration_seconds: float
    attempts: int
    outcome: CallOutcome
    response: str | None = None
    usage: Usage = Usage()
    cost: float | None = None
    prompt_version: str | None = None
    prompt_digest: str | None = None
    failure_class: FailureClass | None = None
    stage: str = "extracted"


@dataclass(frozen=True)
class Claimed:
    """What asking for the right to send a request came to.

    ``known`` is the stored answer; else ``holder`` is who is sending the same request now; else the right is ours.
    """

    known: ModelCall | None = None
    holder: str | None = None


class AnswerStore(Protocol):
    """Answers by request digest, and who is asking right now, across processes."""

    async def claim(
        self, request_digest: str, owner: str, lease_seconds: float, *, displacing: str | None = None
    ) -> Claimed:
        """The stored answer, or the right to ask for it under a lease. ``displacing`` is a holder known to be dead."""
        ...

    async def record(self, call: ModelCall, owner: str) -> None:
        """Store what a call came to and give the right back."""
        ...

    async def release(self, request_digest: str, owner: str) -> None:
        """Give the right back without an answer."""
        ...

    async def discard(self, request_digest: str, failure_class: FailureClass) -> None:
        """The stored answer is of no use: the next time the request is sent again."""
        ...

    async def calls(self, meeting_id: str) -> tuple[ModelCall, ...]:
        """Calls made for a meeting, oldest first."""
        ...
