"""Backfills beside live meetings: their switch, their pace, and how far they are. Pure values and arithmetic.

What belongs here: what an operator may choose for a backfill, and drawing progress from counts. What does not: storing it
(see ``resources.ledger.backfills``), obeying it (``stages.walk``, ``extraction.model.permission``) and the queue (``lanes``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import Field

from artifact_assets.domain.documents import Document
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.states import MEETING_STATES, MeetingState

ALL = "all"
"""The switch that holds for every backfill; no backfill has this name."""
LIVE = ""
"""What a meeting's row names instead of a backfill when it is worked for its own sake."""
TAGS: Mapping[str, str] = {
    "at_once": "artifacts/at-once",
    "calls_per_minute": "artifacts/calls-per-minute",
    "cost": "artifacts/cost",
}
"""Tags that choose a backfill's pace when it is launched, by the field they set."""


class Pace(Document):
    """How much of everything a backfill may take. None is as much as is left over by live meetings.

    Chosen for one backfill (`backfills pace`), else for all of them, else by tags at launch, else in the configuration.
    """

    at_once: int | None = Field(
        default=None, ge=1, le=1000, description="Meetings under way at once, over all runs of one backfill."
    )
    calls_per_minute: float | None = Field(
        default=None, gt=0, le=1_000_000, description="Calls of the model a minute, over all runs of one backfill."
    )
    cost: float | None = Field(
        default=None, gt=0, description="Most US dollars of one backfill; needs `model.prices`. What is over waits."
    )


@dataclass(frozen=True)
class Backfill:
    """What people said about one backfill, or about all of them. ``since``, ``who`` and ``why`` are of the last switch."""

    name: str
    paused: bool = False
    since: datetime | None = None
    who: str | None = None
    why: str | None = None
    pace: Pace = Pace()


@dataclass(frozen=True)
class Progress:
    """How far a backfill is. ``per_minute`` counts meetings that ended lately; ``left_seconds`` is None while unknown."""

    name: str
    total: int | None
    states: Mapping[MeetingState, int]
    per_minute: float

    @property
    def done(self) -> int:
        """Meetings that ended."""
        return sum(number for state, number in self.states.items() if MEETING_STATES[state].terminal)

    @property
    def left_seconds(self) -> float | None:
        """When it will be through, at the pace of the last minutes."""
        if self.total is None or self.per_minute <= 0:
            return None
        return max(0, self.total - self.done) * 60 / self.per_minute

    @property
    def sentence(self) -> str:
        """For a run's tag and a line of text."""
        of = f" of {self.total}" if self.total is not None else ""
        left = self.left_seconds
        eta = f", about {lasting(left)} left" if left else ""
        return f"{self.done}{of} meetings done, {self.per_minute:.0f} a minute{eta}"


def lasting(seconds: float) -> str:
    """A duration in words short enough for a line."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def merged(paces: Iterable[Pace]) -> Pace:
    """For each number, the first that is chosen."""
    found = list(paces)
    return Pace.model_validate(
        {
            name: next((getattr(pace, name) for pace in found if getattr(pace, name) is not None), None)
            for name in Pace.model_fields
        }
    )


def asked(tags: Mapping[str, str]) -> Pace:
    """The pace that a run's tags ask for. Raises PipelineError(unreadable_input) for a tag that is no such number."""
    chosen = {name: tags[tag] for name, tag in TAGS.items() if tag in tags}
    try:
        return Pace.model_validate(chosen, strict=False)
    except ValueError:
        told = ", ".join(f"{TAGS[name]}={value!r}" for name, value in chosen.items())
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            f"The pace of the backfill cannot be read from its tags ({told}), so the run was not started.",
            "Give them positive numbers, or leave them out and use `backfills pace`.",
        ) from None


def holding(rows: Mapping[str, Backfill], name: str) -> Backfill | None:
    """The switch that holds this backfill back, if one does."""
    return next((row for row in (rows.get(name), rows.get(ALL)) if row is not None and row.paused), None)


def held(row: Backfill) -> PipelineError:
    """Why a paused backfill's meeting goes no further."""
    which = "All backfills are" if row.name == ALL else f"Backfill {row.name} is"
    since = f" since {row.since:%Y-%m-%d %H:%M:%S} UTC" if row.since is not None else ""
    return PipelineError(
        FailureClass.BACKFILL_PAUSED,
        f"{which} paused{since} by {row.who or 'somebody'} ({row.why or 'no reason given'}), so the meeting waits.",
    )
