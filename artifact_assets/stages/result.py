"""How a walk left a meeting, and who is told of finished stages.

What belongs here: the values a walk hands out. What does not: producing them (see ``walk`` and ``passage``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Checkpoint, Counts
from artifact_assets.domain.states import MeetingState, Stage


class Report(Protocol):
    """Who hears of finished stages, reused ones included; must not block."""

    def __call__(self, checkpoint: Checkpoint, *, reused: bool) -> None:
        """``checkpoint`` is durable in the ledger when this is called."""
        ...


@dataclass(frozen=True)
class MeetingResult:
    """How a walk left one meeting. ``stopped_at`` is the stage that failed or was deferred."""

    meeting_id: str
    state: MeetingState | None
    counts: Counts = Counts()
    failure_class: FailureClass | None = None
    cause: str | None = None
    remedy: str | None = None
    stopped_at: Stage | None = None
    performed: tuple[Stage, ...] = ()
    reused: tuple[Stage, ...] = ()

    @property
    def finished(self) -> bool:
        """Whether every stage asked for was done."""
        return self.stopped_at is None


def stopped(meeting_id: str, state: MeetingState | None, stage: Stage, error: PipelineError) -> MeetingResult:
    """The result of a meeting that ``error`` kept from getting through ``stage``."""
    return MeetingResult(
        meeting_id,
        state,
        failure_class=error.failure_class,
        cause=error.cause,
        remedy=error.remedy,
        stopped_at=stage,
    )
