"""The one HTTP client that every destination speaks through.

What belongs here: sending one request within its limits, and telling "was not sent" from "was sent and not answered". What
does not: vendors.

No redirects are followed, certificates are always verified, plain HTTP is for this machine only, nothing but the configured
host is ever asked, and no answer is read without end. Nothing is sent twice here: who tries again asks first.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json as json_of
import time
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx2

from artifact_assets.domain.documents import sha256
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.refusals import LATE, Refusal
from resources.http.budget import Budget, Limits, Shared
from resources.http.connections import Connections
from resources.http.loop import BackgroundLoop
from resources.http.reply import Reply

_ALWAYS = {
    "user-agent": "meeting-artifacts",
    "accept": "application/json",
    "accept-encoding": "gzip, deflate",
    "connection": "keep-alive",
}
_NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)

SEND_BY: ContextVar[datetime | None] = ContextVar("send_by", default=None)
"""When the caller's lease ends: no request that writes leaves after it. A variable, because many calls lie in between."""

Credentials = Callable[["HttpClient", bool], Awaitable[Mapping[str, str]]]
"""Headers that authenticate; True asks for fresh ones because the old were refused."""


@dataclass(frozen=True)
class Timeouts:
    """Seconds. ``total`` bounds a whole call, whatever drips in."""

    connect: float = 5.0
    read: float = 20.0
    total: float = 28.0
    max_bytes: int = 8_000_000


def _now() -> datetime:
    return datetime.now(UTC)


async def _no_credentials(_client: HttpClient, _fresh: bool) -> Mapping[str, str]:
    return {}


class HttpClient:
    """Requests to one host. Close it."""

    def __init__(
        self,
        name: str,
        base_url: str,
        *,
        credentials: Credentials = _no_credentials,
        limits: Limits | None = None,
        timeouts: Timeouts | None = None,
        now: Callable[[], datetime] = _now,
        shared: Shared | None = None,
    ) -> None:
        self.name = name
        self.now = now
        self._base = checked_address(name, base_url)
        self._credentials = credentials
        self._timeouts = timeouts or Timeouts()
        self.budget = Budget(name, limits or Limits(), now, time.monotonic, shared=shared)
        self._loop = BackgroundLoop(f"http-{name}")
        self._connections = Connections()
        self._patience = httpx2.Timeout(self._timeouts.read, connect=self._timeouts.connect).as_dict()
        self._headers: Mapping[str, str] | None = None

    def close(self) -> None:
        """Close connections and the thread."""
        self._loop.close(self._closed())

    async def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        write: bool = False,
        anonymous: bool = False,
    ) -> Reply:
        """The answer, whatever its status. A refused credential is renewed once.

        Raises Refusal(destination_unavailable) when the request did not go out, or was a read; a write that went out and was
        not answered raises Refusal(delivery_uncertain).
        """
        if not path.startswith("/") or path.startswith("//"):
            cause = f"A request to another host than that of {self.name} was refused."
            raise PipelineError(FailureClass.INTERNAL_ERROR, cause)
        content = body if body is not None else (json_of.dumps(json).encode() if json is not None else None)
        send_by = SEND_BY.get() if write else None
        request = _Request(method, path, content, params, form, dict(headers or {}), write, anonymous, send_by)
        if json is not None:
            request.headers.setdefault("content-type", "application/json")
        return await self._loop.run(self._authenticated(request))

    async def token(self, path: str, form: Mapping[str, str], headers: Mapping[str, str], base_url: str) -> Reply:
        """An answer of the host that issues tokens, named by configuration or adapter. Runs in this client's loop."""
        address = checked_address(self.name, base_url)
        request = _Request("POST", f"{address}{path}", None, None, form, dict(headers), write=False, anonymous=True)
        return await self._bounded(request)

    async def _authenticated(self, request: _Request) -> Reply:
        if request.anonymous:
            return await self._bounded(request)
        fresh = self._headers is None
        if self._headers is None:
            self._headers = await self._credentials(self, False)
        request.headers.update(self._headers)
        reply = await self._bounded(request)
        if reply.status == 401 and not fresh:
            # Refused before anything was done, so asking again is no second write.
            self._headers = await self._credentials(self, True)
            request.headers.update(self._headers)
            reply = await self._bounded(request)
        if reply.status == 401:
            self._headers = None
        return reply

    async def _bounded(self, request: _Request) -> Reply:
        async with self.budget.spent(write=request.write):
            try:
                async with asyncio.timeout(self._timeouts.total):
                    return await self._sent(request)
            except _NOT_SENT as error:
                raise self._lost(request, error, FailureClass.DESTINATION_UNAVAILABLE) from None
            except (httpx2.HTTPError, httpx2.StreamError, TimeoutError, OSError) as error:
                unanswered = FailureClass.DELIVERY_UNCERTAIN if request.write else FailureClass.DESTINATION_UNAVAILABLE
                raise self._lost(request, error, unanswered) from None

    async def _sent(self, request: _Request) -> Reply:
        async with self._connections.lent() as connection:
            if request.send_by is not None and self.now() > request.send_by:
                cause = f"The time to write to {self.name} was over before the request could leave, so it was not sent."
                raise Refusal(FailureClass.DESTINATION_UNAVAILABLE, cause, code=LATE)
            answer = await connection.handle_async_request(request.at(self._base, self._patience))
            parts, size = list[bytes](), 0
            try:
                async for part in answer.aiter_bytes():
                    size += len(part)
                    if size > self._timeouts.max_bytes:
                        raise httpx2.ReadError("the answer is too long")
                    parts.append(part)
            finally:
                await answer.aclose()
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return Reply(answer.status_code, headers, b"".join(parts), request.digest)

    def _lost(self, request: _Request, error: Exception, failure: FailureClass) -> Refusal:
        maybe = failure is FailureClass.DELIVERY_UNCERTAIN
        return Refusal(
            failure,
            f"{self.name} did not answer ({type(error).__name__}), so the "
            + ("write may or may not have been applied." if maybe else "request was not made."),
            code=type(error).__name__,
            request_digest=request.digest,
        )

    async def _closed(self) -> None:
        await self._connections.aclose()


@dataclass
class _Request:
    method: str
    path: str
    content: bytes | None
    params: Mapping[str, str] | None
    form: Mapping[str, str] | None
    headers: dict[str, str]
    write: bool
    anonymous: bool
    send_by: datetime | None = None

    def at(self, base: str, patience: Mapping[str, float | None]) -> httpx2.Request:
        """The request to the host at ``base``; a path that names its host stays as it is."""
        return httpx2.Request(
            self.method,
            self.path if self.anonymous and not self.path.startswith("/") else f"{base}{self.path}",
            params=self.params,
            headers={**_ALWAYS, **self.headers},
            content=self.content,
            data=self.form,
            extensions={"timeout": dict(patience)},
        )

    @property
    def digest(self) -> str:
        """What was sent, without credentials."""
        told = self.content or json_of.dumps([dict(self.params or {})]).encode()
        return sha256(f"{self.method} {self.path}\n".encode() + told)


def checked_address(name: str, url: str) -> str:
    """``url``, refused unless it is HTTPS, or plain HTTP to this very machine. Raises PipelineError(unreadable_input)."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https" and host and "@" not in parts.netloc:
        return url.rstrip("/")
    if parts.scheme == "http" and _is_loopback(host) and "@" not in parts.netloc:
        return url.rstrip("/")
    raise PipelineError(
        FailureClass.UNREADABLE_INPUT,
        f"The base_url of destination {name} is not an HTTPS address without credentials in it, so nothing was started.",
        "Write it like https://api.example.com; secrets belong into the environment.",
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
