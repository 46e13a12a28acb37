"""A destination's no, with everything it told.

What belongs here: the error adapters raise, beside its class: the vendor's own status and code, and when to come back. What
does not: classifying answers (each adapter does).
"""

from __future__ import annotations

from typing import Any

from artifact_assets.domain.failures import FailureClass, PipelineError


class Refusal(PipelineError):
    """A write or look-up that did not succeed.

    ``status``, ``code`` and ``correlation_id`` are the vendor's; ``retry_after`` is in seconds; ``request_digest`` is the
    digest of what was sent. ``previous`` is the value an unanswered overwrite may have replaced. No text of a meeting and
    no secret stands in any of them.
    """

    def __init__(
        self,
        failure_class: FailureClass,
        cause: str,
        remedy: str | None = None,
        *,
        status: int | None = None,
        code: str | None = None,
        correlation_id: str | None = None,
        retry_after: float | None = None,
        request_digest: str | None = None,
        previous: str | None = None,
    ) -> None:
        super().__init__(failure_class, cause, remedy)
        self.status = status
        self.code = code
        self.correlation_id = correlation_id
        self.retry_after = retry_after
        self.request_digest = request_digest
        self.previous = previous

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive pickling with all it carries."""
        return (_restored, (self.failure_class, self.cause, self.remedy, self.told))

    @property
    def told(self) -> dict[str, Any]:
        """Everything beside class, cause and remedy."""
        names = ("status", "code", "correlation_id", "retry_after", "request_digest", "previous")
        return {name: getattr(self, name) for name in names}


GONE = "gone"
"""The code of a refusal because a record of ours is no longer at the destination."""

LATE = "lease_ran_short"
"""The code of a refusal of our own: the time to send was over before the request could leave. No fault of the write."""

OVERTAKEN = frozenset({"record_closed", "older_than_confirmed"})
"""Codes of refusals that end a write for good and leave nobody anything to do."""


def _restored(failure_class: FailureClass, cause: str, remedy: str, told: dict[str, Any]) -> Refusal:
    return Refusal(failure_class, cause, remedy, **told)
