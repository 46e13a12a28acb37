"""Reading what came back from a provider, up to the text the model wrote.

What belongs here: the body of a chat completion, however damaged. What does not: the form inside it (see ``answer``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.model_ports import Advice, ModelFailure, Usage


@dataclass(frozen=True)
class Written:
    """What the model wrote. ``whole`` is False when the provider cut it off at the output limit."""

    text: str = field(repr=False)
    whole: bool


def usage_of(content: bytes) -> Usage:
    """The tokens a body tells; unknown where it does not. Never raises."""
    usage = _mapping(_loaded(content).get("usage"))
    details = _mapping(usage.get("prompt_tokens_details"))
    return Usage(
        _count(usage.get("prompt_tokens")), _count(details.get("cached_tokens")), _count(usage.get("completion_tokens"))
    )


def written(content: bytes) -> Written:
    """The model's text. Raises ModelFailure for a body that is no answer, or in which the model declined."""
    body = _loaded(content)
    if not body:
        raise _unusable("something other than JSON")
    choices = body.get("choices")
    if not isinstance(choices, list) or not choices:
        # Some gateways report an upstream failure under status 200.
        raise _unusable("an error" if "error" in body else "no choice")
    choice = _mapping(cast("list[Any]", choices)[0])
    message, reason = _mapping(choice.get("message")), choice.get("finish_reason")
    if reason == "content_filter":
        raise _declined("the provider's content filter stopped it", "content_filter")
    if message.get("refusal"):
        raise _declined("the model declined", "refusal")
    text = message.get("content")
    if not isinstance(text, str) or not text.strip():
        if reason == "length":
            return Written("", whole=False)
        raise _unusable("an empty message")
    return Written(text, whole=reason != "length")


def _unusable(what: str) -> ModelFailure:
    return ModelFailure(
        FailureClass.MODEL_UNAVAILABLE,
        f"The model's endpoint answered with {what} under a success status, so this call brought nothing.",
        "Nothing; it is tried again. If it repeats, check what answers at ARTIFACTS_LLM_BASE_URL.",
        advice=Advice.AGAIN,
        code="not_an_answer",
    )


def _declined(what: str, code: str) -> ModelFailure:
    return ModelFailure(
        FailureClass.MODEL_REFUSED, f"The model gave no answer: {what}.", advice=Advice.NEVER, code=code
    )


def _loaded(content: bytes) -> Mapping[str, Any]:
    try:
        loaded: object = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return _mapping(loaded)


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
