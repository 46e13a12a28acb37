"""What a status means, where the vendor says nothing more precise.

What belongs here: the classifier that all vendors share. What does not: bodies (each adapter reads its own first).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.refusals import Refusal
from resources.http.reply import Reply

_F = FailureClass
LOCKED_SECONDS = 2.0
_BY_STATUS: Mapping[int, tuple[FailureClass, str]] = {
    401: (_F.DESTINATION_UNAUTHORIZED, "does not accept the credentials"),
    403: (_F.DESTINATION_REJECTED, "does not allow this"),
    404: (_F.RECORD_NOT_FOUND, "does not have the record or the path"),
    409: (_F.DESTINATION_REJECTED, "says it contradicts what is there"),
    410: (_F.RECORD_NOT_FOUND, "no longer has the record"),
    412: (_F.DESTINATION_CONFLICT, "says a person changed the record meanwhile"),
    423: (_F.DESTINATION_RATE_LIMITED, "has the record locked"),
    429: (_F.DESTINATION_RATE_LIMITED, "asks to wait"),
    477: (_F.DESTINATION_UNAVAILABLE, "is moving the account"),
}


def refused(
    reply: Reply,
    name: str,
    what: str,
    *,
    write: bool,
    now: datetime,
    failure: FailureClass | None = None,
    code: str | None = None,
    retry_after: float | None = None,
) -> Refusal:
    """The refusal in an answer that is no success. ``failure`` and ``code`` are what the adapter read in the body.

    A write that a server failed at, or that something on the way answered for, may have happened all the same.
    """
    asked = retry_after if retry_after is not None else reply.retry_after(now)
    found, says = _BY_STATUS.get(reply.status, (None, f"answered {reply.status}"))
    if found is None:
        found = _by_range(reply, asked, write=write)
    if reply.status == 423 and asked is None:
        asked = LOCKED_SECONDS
    if failure is not None:
        found, says = failure, f"answered {code or reply.status}"
    return Refusal(
        found,
        f"{name} {says}{f' ({code})' if code and failure is None else ''}, so {what} was "
        f"{'maybe' if found is _F.DELIVERY_UNCERTAIN else 'not'} done.",
        status=reply.status,
        code=code,
        correlation_id=reply.correlation_id,
        retry_after=asked,
        request_digest=reply.request_digest,
    )


def _by_range(reply: Reply, asked: float | None, *, write: bool) -> FailureClass:
    unanswered = _F.DELIVERY_UNCERTAIN if write else _F.DESTINATION_UNAVAILABLE
    if reply.status == 503 and asked is not None:
        return _F.DESTINATION_UNAVAILABLE
    if reply.status == 408 or reply.status >= 500 or reply.status < 300:
        return unanswered
    return _F.DESTINATION_REJECTED
