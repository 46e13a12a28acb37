"""Connections kept open to a host, one request at a time on each.

What belongs here: opening, lending and closing them. What does not: how many may be in use (see ``budget``) and what an answer
means.

A pool of one connection each, lent as a whole, because a pool of many looks at all of them, with two system calls each,
whenever a request begins or ends. And no client above it where none is needed: cookies, redirects and credentials from the
environment are not wanted, and its log lines tell every address in full, of which that of a webhook is a secret. Below it,
headers of answers are logged at the lowest level, and a server may repeat anything in them.
"""

from __future__ import annotations

import contextlib
import logging
import ssl
from collections.abc import AsyncGenerator, AsyncIterator

import httpx2

_ONE = httpx2.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=5.0)
"""A server closes an idle connection whenever it likes; one idle for five seconds is not tried again."""


_TALKATIVE = ("httpcore2.connection", "httpcore2.http11")


def _is_grave(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING


class Connections:
    """Connections of one host, in one event loop. Certificates are always verified. Close it.

    ``trust_environment`` takes further certificates from where ``SSL_CERT_FILE`` and its like point to.
    """

    def __init__(self, *, trust_environment: bool = False) -> None:
        self._trust_environment = trust_environment
        self._idle: list[httpx2.AsyncHTTPTransport] = []
        self._verify: ssl.SSLContext | None = None

    @contextlib.asynccontextmanager
    async def lent(self) -> AsyncGenerator[httpx2.AsyncHTTPTransport]:
        """A connection for one request. After an error nobody knows what is still on its way in it, so it is closed."""
        connection = self.take()
        try:
            yield connection
        except BaseException:
            await connection.aclose()
            raise
        self.give_back(connection)

    def take(self) -> httpx2.AsyncHTTPTransport:
        """A connection that is the caller's, to be given back or closed."""
        return self._idle.pop() if self._idle else self._opened()

    def give_back(self, connection: httpx2.AsyncHTTPTransport) -> None:
        """Have the next request use it."""
        self._idle.append(connection)

    async def aclose(self) -> None:
        """Close those that nobody uses."""
        while self._idle:
            await self._idle.pop().aclose()

    def _opened(self) -> httpx2.AsyncHTTPTransport:
        if self._verify is None:
            # Reading the certificates takes longer than many requests. Those of the environment would lead elsewhere.
            self._verify = httpx2.create_ssl_context(trust_env=self._trust_environment)
            # A filter stays when levels are changed, and the same one is added once.
            for name in _TALKATIVE:
                logging.getLogger(name).addFilter(_is_grave)
        return httpx2.AsyncHTTPTransport(verify=self._verify, trust_env=False, limits=_ONE)


class LendingTransport(httpx2.AsyncBaseTransport):
    """Lends a connection to each request of a client above it, until its answer is read or closed."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer, its body still on the way. Raises httpx2's errors."""
        connection = self._connections.take()
        try:
            answer = await connection.handle_async_request(request)
        except BaseException:
            await connection.aclose()
            raise
        assert isinstance(answer.stream, httpx2.AsyncByteStream)
        return httpx2.Response(
            answer.status_code,
            headers=answer.headers,
            stream=_Lent(answer.stream, connection, self._connections),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        """Close the connections that are not lent."""
        await self._connections.aclose()


class _Lent(httpx2.AsyncByteStream):
    """A body, and the connection it comes by, which closes itself when it is given back in the middle of one."""

    def __init__(
        self, body: httpx2.AsyncByteStream, connection: httpx2.AsyncHTTPTransport, connections: Connections
    ) -> None:
        self._body, self._connections = body, connections
        self._connection: httpx2.AsyncHTTPTransport | None = connection

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._body:
            yield part

    async def aclose(self) -> None:
        connection, self._connection = self._connection, None
        try:
            await self._body.aclose()
        except BaseException:
            if connection is not None:
                await connection.aclose()
            raise
        if connection is not None:
            self._connections.give_back(connection)
