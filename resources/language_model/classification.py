"""What a refused or failed call means, by status, code and type; message texts are never read.

What belongs here: the table of docs/model.md as code. What does not: sending (see ``openai_model``) and what is done about
it (see ``artifact_assets.extraction.model.asking``).
"""

from __future__ import annotations

from dataclasses import dataclass

from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.model_ports import Advice, ModelFailure

TOO_LONG = frozenset(
    {"context_length_exceeded", "context_window_exceeded", "exceed_context_size_error", "input_tokens"}
)
"""OpenAI and Azure (code), gateways (code), llama.cpp (type), vLLM (param)."""
QUOTA = frozenset(
    {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "quota_exceeded", "access_terminated"}
)
FILTERED = frozenset({"content_filter", "content_policy_violation", "invalid_prompt", "ResponsibleAIPolicyViolation"})

_CREDENTIALS = "Set OPENAI_API_KEY to a valid key for this endpoint; what waits goes on by itself."
_NOT_THERE = "Check ARTIFACTS_LLM_MODEL and ARTIFACTS_LLM_BASE_URL; what waits goes on by itself."
_REQUEST = (
    "Check that the endpoint knows strict JSON schemas and the parameters of the model section in the configuration; "
    "lower model.chunk_tokens if its context is short."
)


@dataclass(frozen=True)
class Meaning:
    """A failure class, what helps, and the remedy where the class's own is too general."""

    failure_class: FailureClass
    advice: Advice
    what: str
    remedy: str | None = None


_TOO_LONG = Meaning(FailureClass.MODEL_OUTPUT_TRUNCATED, Advice.SMALLER, "found the request longer than its context")
_FILTERED = Meaning(FailureClass.MODEL_REFUSED, Advice.NEVER, "filtered the request")
_QUOTA = Meaning(FailureClass.MODEL_QUOTA, Advice.PARK, "says that the quota is used up")
_BY_STATUS = {
    401: Meaning(FailureClass.MODEL_UNAVAILABLE, Advice.PARK, "refused the credentials", _CREDENTIALS),
    402: _QUOTA,
    403: Meaning(FailureClass.MODEL_UNAVAILABLE, Advice.PARK, "refused the credentials", _CREDENTIALS),
    404: Meaning(FailureClass.MODEL_UNAVAILABLE, Advice.PARK, "knows no such model or path", _NOT_THERE),
    408: Meaning(FailureClass.MODEL_TIMEOUT, Advice.AGAIN, "timed out"),
    409: Meaning(FailureClass.MODEL_UNAVAILABLE, Advice.AGAIN, "met a conflict"),
    413: _TOO_LONG,
    425: Meaning(FailureClass.MODEL_UNAVAILABLE, Advice.AGAIN, "was not ready"),
    429: Meaning(FailureClass.MODEL_RATE_LIMITED, Advice.AGAIN, "limits the rate"),
}
_ELSEWHERE = Meaning(
    FailureClass.MODEL_UNAVAILABLE,
    Advice.PARK,
    "answers from another address, which is not followed",
    "Set ARTIFACTS_LLM_BASE_URL to the address that answers; what waits goes on by itself.",
)
_BROKEN = Meaning(FailureClass.MODEL_UNAVAILABLE, Advice.AGAIN, "failed")
_NOT_UNDERSTOOD = Meaning(FailureClass.INTERNAL_ERROR, Advice.NEVER, "did not accept the request", _REQUEST)


def meaning_of(status: int, *names: str | None) -> Meaning:
    """What an error status means. ``names`` are the error's code, type and param, where there are any."""
    named = {name for name in names if name}
    if named & QUOTA:
        return _QUOTA
    if 400 <= status < 500 and named & FILTERED:
        return _FILTERED
    if status in {400, 422} and named & TOO_LONG:
        return _TOO_LONG
    if 300 <= status < 400:
        return _ELSEWHERE
    known = _BY_STATUS.get(status)
    if known is not None:
        return known
    return _BROKEN if status >= 500 else _NOT_UNDERSTOOD


def status_failure(
    provider: str, status: int, code: str | None, kind: str | None, param: str | None, retry_after: float | None
) -> ModelFailure:
    """The failure of a call that was answered with an error status."""
    meaning = meaning_of(status, code, kind, param)
    told = f"{status} {code}" if code is not None and _is_plain(code) else str(status)
    return ModelFailure(
        meaning.failure_class,
        f"The model {provider} {meaning.what} ({told}).",
        meaning.remedy,
        advice=meaning.advice,
        retry_after=retry_after,
        status=status,
        code=code,
    )


def connection_failure(provider: str, *, timed_out: bool, connected: bool, kind: str) -> ModelFailure:
    """The failure of a call that was not answered. ``kind`` is the type of the error that says so."""
    if timed_out and connected:
        return ModelFailure(
            FailureClass.MODEL_TIMEOUT,
            f"The model {provider} sent nothing for too long.",
            advice=Advice.AGAIN,
            code=kind,
        )
    return ModelFailure(
        FailureClass.MODEL_UNAVAILABLE,
        f"The model {provider} could not be reached ({kind}).",
        advice=Advice.AGAIN,
        code=kind,
    )


def _is_plain(code: str) -> bool:
    """A gateway may put anything into its code; only what looks like one is repeated."""
    return len(code) <= 60 and all(ch.isalnum() or ch in "_-." for ch in code)
