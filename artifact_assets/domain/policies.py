"""Policies: small frozen objects that hold the numbers governing behaviour, refused at birth when they make no sense.

What belongs here: limits, timeouts and thresholds with unit and reason. What does not: reading them from a file (see
``artifact_assets.configuration``).
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from artifact_assets.domain.documents import Document
from artifact_assets.domain.states import Stage


class Backoff(Document):
    """Waiting between attempts: ``first * 2**n`` seconds up to ``most``, with a random share ``jitter`` taken off.

    Jitter keeps meetings that failed together from coming back together.
    """

    first_seconds: float = Field(default=1.0, gt=0, le=3600)
    most_seconds: float = Field(default=60.0, gt=0, le=86_400)
    jitter: float = Field(default=0.25, ge=0, le=1)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.first_seconds > self.most_seconds:
            raise ValueError(f"first_seconds {self.first_seconds} is above most_seconds {self.most_seconds}")
        return self

    def delay(self, attempt: int, random: float) -> float:
        """Seconds to wait after failed attempt number ``attempt`` (from 1); ``random`` lies in 0..1."""
        # 2**30 s is far past any cap; the bound keeps the power from overflowing.
        full = min(self.first_seconds * 2 ** min(attempt - 1, 30), self.most_seconds)
        return full * (1 - self.jitter * random)


class StagePolicy(Document):
    """How long one stage of one meeting may take, every attempt and wait in it included.

    ``on_exhausted`` says what a transient failure makes of the meeting; ``backoff`` is then the wait until the next attempt.
    """

    deadline_seconds: float = Field(gt=0, le=86_400)
    backoff: Backoff = Backoff()
    on_exhausted: Literal["fail", "defer"] = "fail"


_STORAGE = Backoff(first_seconds=30, most_seconds=600)


class StagePolicies(Document):
    """One policy per stage. Parsing a hostile file must not hold a run; a model call may take minutes.

    Stages that only read and store have no transient failure but storage that is away, which waiting cures.
    """

    transcript: StagePolicy = StagePolicy(deadline_seconds=120, backoff=_STORAGE, on_exhausted="defer")
    normalized: StagePolicy = StagePolicy(deadline_seconds=90, backoff=_STORAGE, on_exhausted="defer")
    extracted: StagePolicy = StagePolicy(deadline_seconds=900, on_exhausted="defer")
    validated: StagePolicy = StagePolicy(deadline_seconds=90, backoff=_STORAGE, on_exhausted="defer")
    delivered: StagePolicy = StagePolicy(deadline_seconds=600, on_exhausted="defer")

    def of(self, stage: Stage) -> StagePolicy:
        """The policy of ``stage``."""
        policy: StagePolicy = getattr(self, stage.value)
        return policy


class WalkPolicy(Document):
    """How a run takes many meetings through the stages.

    ``concurrency`` bounds meetings in flight: each holds its documents in memory. A lease of ``lease_seconds`` is renewed
    three times before it would run out; a short one lets a successor on another machine start soon after a crash. A meeting
    that a live run holds is waited for, at most ``held_wait_seconds``, so that both runs end with the same picture.

    ``meeting_seconds`` bounds a meeting's whole way, deadlines of stages included. A process whose event loop did not turn for
    ``stuck_seconds`` is ended. A meeting over which that many processes in a row died goes last and alone
    (``alone_after_deaths``), and is set aside (``set_aside_after_deaths``), so that it cannot take others with it for ever.
    """

    concurrency: int = Field(default=50, ge=1, le=1000)
    lease_seconds: float = Field(default=60, gt=1, le=3600)
    held_wait_seconds: float = Field(default=300, ge=0, le=86_400)
    partitions_per_run: int = Field(default=200, ge=1, le=10_000)
    meeting_seconds: float = Field(
        default=3600, gt=0, le=86_400, description="The longest a meeting's whole way may take in one run."
    )
    stuck_seconds: float = Field(
        default=120, gt=0, le=86_400, description="A process whose event loop stood still for so long is ended."
    )
    alone_after_deaths: int = Field(
        default=2, ge=1, le=1000, description="After so many deaths in a row over it, a meeting goes last and alone."
    )
    set_aside_after_deaths: int = Field(
        default=3, ge=2, le=1000, description="After so many it is not started again and ends failed, `run_killed`."
    )

    @model_validator(mode="after")
    def _alone_first(self) -> Self:
        if self.alone_after_deaths >= self.set_aside_after_deaths:
            raise ValueError(
                f"alone_after_deaths {self.alone_after_deaths} is not below set_aside_after_deaths "
                f"{self.set_aside_after_deaths}, so a meeting could be blamed for what another one did"
            )
        return self


class InboxPolicy(Document):
    """When a file in the inbox is taken. One still being written changes within seconds."""

    settled_seconds: float = Field(default=5.0, ge=0, le=3600)


class DeliveryPolicy(Document):
    """How writes are tried.

    A lease outlives one call by a margin; the look-up after an unanswered call waits for the destination's own consistency
    window on top. ``no_longer_wanted`` is what becomes of a delivered item that a later extraction does not find any more:
    it stays and is reported, or it is taken back where nobody touched it.
    """

    send_timeout_seconds: float = Field(default=30, gt=0, le=600)
    lease_margin_seconds: float = Field(default=30, gt=0, le=600)
    attempts: int = Field(default=8, ge=1, le=100)
    backoff: Backoff = Backoff(first_seconds=30, most_seconds=3600)
    no_longer_wanted: Literal["leave", "withdraw"] = "leave"

    @property
    def lease_seconds(self) -> float:
        """How long one attempt owns its intent."""
        return self.send_timeout_seconds + self.lease_margin_seconds
