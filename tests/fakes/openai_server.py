"""A server that speaks OpenAI's chat completions, scripted with outcomes.

What belongs here: answers, the ways they go wrong, and remembering what was asked and answered. What does not: HTTP (see
``http_server``). Its answers are told to it; it understands nothing.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from tests.fakes.http_server import HttpServer, Reply, Request
from tests.fakes.openai_batches import FakeBatches

EMPTY: dict[str, list[object]] = {"action_items": [], "decisions": [], "next_steps": []}
Outcome = Reply | Mapping[str, Any] | str
"""A whole reply, a form the model filled in, or the text it wrote."""
Script = Callable[[dict[str, Any]], Outcome]


def completion(
    content: Mapping[str, Any] | str | None,
    *,
    finish_reason: str = "stop",
    refusal: str | None = None,
    usage: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    delay: float = 0.0,
) -> Reply:
    """A well-formed answer. 1,000 tokens in, 400 of them cached, 100 out, unless told."""
    told = usage or {
        "prompt_tokens": 1000,
        "completion_tokens": 100,
        "total_tokens": 1100,
        "prompt_tokens_details": {"cached_tokens": 400},
    }
    text = json.dumps(content) if isinstance(content, Mapping) else content
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "fake",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish_reason,
                "message": {"role": "assistant", "content": text, "refusal": refusal},
            }
        ],
        "usage": told,
    }
    return json_reply(body, headers=headers, delay=delay)


def json_reply(body: Any, status: int = 200, *, headers: Mapping[str, str] | None = None, delay: float = 0.0) -> Reply:
    """A JSON body."""
    return Reply(status, json.dumps(body).encode(), {"content-type": "application/json", **(headers or {})}, delay)


def error(
    status: int,
    code: str | int | None = None,
    kind: str | None = None,
    *,
    param: str | None = None,
    message: str = "no",
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """An error in OpenAI's shape."""
    body = {"error": {"message": message, "type": kind, "param": param, "code": code}}
    return json_reply(body, status, headers=headers)


def html(status: int = 200) -> Reply:
    """A page of some proxy."""
    return Reply(status, b"<html><body>sign in</body></html>", {"content-type": "text/html"})


@dataclass
class FakeOpenAI:
    """Answers by ``script``: outcomes one after the other (the last one stays), or a function of the request body.

    ``asked`` are the bodies of all requests, ``answered`` the bodies that got a usable answer to the last byte.
    """

    script: Script | Iterable[Outcome]
    latency: float = 0.0
    batches: FakeBatches | None = None
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    headers: list[Mapping[str, str]] = field(default_factory=list[Mapping[str, str]])
    answered: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._outcomes = [] if callable(self.script) else list(self.script)
        self._server = HttpServer(self._handle)

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *args: object) -> None:
        self._server.__exit__(*args)

    @property
    def base_url(self) -> str:
        """What ARTIFACTS_LLM_BASE_URL is set to."""
        return f"{self._server.url}/v1"

    async def _handle(self, request: Request) -> Reply:
        told = self.batches.handle(request) if self.batches else None
        if told is not None:
            return told
        if request.path != "/v1/chat/completions":
            return error(404, "unknown_url", "invalid_request_error")
        body = request.json
        with self._lock:
            self.asked.append(body)
            self.headers.append(request.headers)
            outcome = self._next(body)
        reply = outcome if isinstance(outcome, Reply) else completion(outcome)
        if reply.status == 200 and not reply.hang_up and not reply.missing and b'"choices": [{' in reply.body:
            self.answered.append(body)
        if self.latency:
            reply = Reply(
                reply.status, reply.body, reply.headers, reply.delay + self.latency, reply.hang_up, reply.missing
            )
        return reply

    def _next(self, body: dict[str, Any]) -> Outcome:
        if callable(self.script):
            return self.script(body)
        return self._outcomes.pop(0) if len(self._outcomes) > 1 else self._outcomes[0]
