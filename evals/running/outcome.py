"""What a system made of one case.

What belongs here: the stored value. What does not: making it (see ``running``) and judging it (see ``evals.scoring``).
"""

from __future__ import annotations

from artifact_assets.domain.artifact import Artifact, Item, ItemState
from artifact_assets.domain.documents import Document
from artifact_assets.domain.failures import FailureClass

LIMITS = frozenset(
    {
        FailureClass.MODEL_RATE_LIMITED,
        FailureClass.MODEL_QUOTA,
        FailureClass.MODEL_UNAVAILABLE,
        FailureClass.MODEL_TIMEOUT,
        FailureClass.BUDGET_EXCEEDED,
    }
)
"""Failures that say something about an endpoint and nothing about quality: never scored, asked again on resuming."""


class Outcome(Document):
    """One case once through. ``seconds`` is the time extraction and judgement took.

    ``state`` is the meeting's state as delivery would find it: failed, deferred, quarantined, partially_delivered or
    delivered. Without an artifact, ``failure_class`` says why.
    """

    case: str
    repeat: int = 0
    state: str
    failure_class: FailureClass | None = None
    cause: str | None = None
    artifact: Artifact | None = None
    seconds: float = 0.0

    @property
    def limited(self) -> bool:
        """Whether the endpoint stood in the way, so that this says nothing about quality."""
        return self.artifact is None and self.failure_class in LIMITS

    @property
    def delivered(self) -> tuple[Item, ...]:
        """What would be written."""
        return self.artifact.deliverable if self.artifact is not None else ()

    @property
    def shown(self) -> tuple[Item, ...]:
        """What a person gets to see without looking for it: delivered, suggested, and held for review."""
        seen = {ItemState.ACCEPTED, ItemState.SUGGESTED, ItemState.QUARANTINED}
        return tuple(item for item in self.artifact.items if item.state in seen) if self.artifact is not None else ()


def state_of(artifact: Artifact) -> str:
    """The state a meeting with this artifact reaches when every write succeeds."""
    if artifact.failures:
        return "quarantined"
    return "partially_delivered" if artifact.quarantined else "delivered"
