"""Connections kept open to a host, one request at a time on each.

What belongs here: opening, lending and closing them. What does not: how many may be in use (see ``budget``) and what an answer
means.

A pool of one connection each, lent as a whole, because a pool of many looks at all of them, with two system calls each,
whenever a request begins or ends. And no client above it: cookies, redirects and credentials from the environment are not
wanted, and its log lines tell every address in full, of which that of a webhook is a secret. Below it, headers of answers are
logged at the lowest level, and a server may repeat anything in them.
"""

from __future__ import annotations

import contextlib
import logging
import ssl
from collections.abc import AsyncGenerator

import httpx2

_ONE = httpx2.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=5.0)
"""A server closes an idle connection whenever it likes; one idle for five seconds is not tried again."""


_TALKATIVE = ("httpcore2.connection", "httpcore2.http11")


def _is_grave(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING


class Connections:
    """Connections of one destination, in one event loop. Certificates are always verified. Close it."""

    def __init__(self) -> None:
        self._idle: list[httpx2.AsyncHTTPTransport] = []
        self._verify: ssl.SSLContext | None = None

    @contextlib.asynccontextmanager
    async def lent(self) -> AsyncGenerator[httpx2.AsyncHTTPTransport]:
        """A connection for one request. After an error nobody knows what is still on its way in it, so it is closed."""
        connection = self._idle.pop() if self._idle else self._opened()
        try:
            yield connection
        except BaseException:
            await connection.aclose()
            raise
        self._idle.append(connection)

    async def aclose(self) -> None:
        """Close those that nobody uses."""
        while self._idle:
            await self._idle.pop().aclose()

    def _opened(self) -> httpx2.AsyncHTTPTransport:
        if self._verify is None:
            # Reading the certificates takes longer than many requests. Those of the environment would lead elsewhere.
            self._verify = httpx2.create_ssl_context(trust_env=False)
            # A filter stays when levels are changed, and the same one is added once.
            for name in _TALKATIVE:
                logging.getLogger(name).addFilter(_is_grave)
        return httpx2.AsyncHTTPTransport(verify=self._verify, trust_env=False, limits=_ONE)
