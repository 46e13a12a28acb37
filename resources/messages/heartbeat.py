"""A sign of life to a service that misses it: healthchecks.io, Uptime Kuma, Better Stack, an own receiver.

What belongs here: one request to the configured address. What does not: when (a job does), and what is done about silence (that
service's work: a dead machine cannot tell that it is dead).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from artifact_assets.domain.failures import FailureClass, PipelineError
from resources.http.client import HttpClient
from resources.messages.webhook import LIMITS, TIMEOUTS, split_address


class WebHeartbeat:
    """``Heartbeat`` over HTTP GET. Close it."""

    def __init__(self, url: str, now: Callable[[], datetime]) -> None:
        base, self._path = split_address(url)
        self._client = HttpClient("heartbeat", base, limits=LIMITS, timeouts=TIMEOUTS, now=now)

    def close(self) -> None:
        """Close connections."""
        self._client.close()

    async def beat(self) -> None:
        """See ``Heartbeat.beat``."""
        reply = await self._client.call("GET", self._path, anonymous=True)
        if not 200 <= reply.status < 300:
            raise PipelineError(
                FailureClass.DESTINATION_UNAVAILABLE,
                f"The heartbeat's address answered {reply.status}, so the sign of life counts as not given.",
                "Nothing; the next one is tried. If it repeats, correct ARTIFACTS_HEARTBEAT_URL.",
            )
