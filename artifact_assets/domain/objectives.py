"""Objectives: what is promised, over which time, and when missing it wakes somebody.

What belongs here: service level objectives and burn-rate rules as policies, validated at birth. What does not: counting
(see ``artifact_assets.reliability.burning``).

The rules follow "Alerting on SLOs" of Google's Site Reliability Workbook: multiwindow, multi-burn-rate. A burn rate of 1
uses up exactly the error budget of the objective's window; 14.4 uses up 2% of a month's budget in an hour, 6 uses up 5% in
six hours, 1 uses up 10% in three days. The short window, a twelfth of the long one, ends the alert soon after the burning.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from artifact_assets.domain.documents import Document


class Measure(StrEnum):
    """What an objective counts, and what of it is good."""

    COMPLETION = "completion"
    FRESHNESS = "freshness"
    WRITES = "writes"
    ANSWERS = "answers"


class Objective(Document):
    """One promise: of what ``measures`` counts, at least the share ``objective`` is good, over ``window_days``.

    `completion` counts ends of meetings, good unless failed; `freshness` counts meetings, good when through all stages
    ``within_minutes`` of their file being seen; `writes` counts writes confirmed or given up; `answers` counts answers of
    the language model, good when usable.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$", description="What it is called in reports and alerts.")
    measures: Measure = Field(description="What is counted.")
    objective: float = Field(gt=0, lt=1, description="The share that has to be good. 1 would leave no error budget.")
    window_days: int = Field(default=28, ge=1, le=90, description="The days over which it is promised.")
    within_minutes: float | None = Field(
        default=None, gt=0, le=525_600, description="How soon counts as fresh; for `freshness` only."
    )
    kinds: tuple[str, ...] = Field(default=(), description="Only these kinds of meeting; none named means all.")
    ways: tuple[Literal["live", "backfill"], ...] = Field(default=(), description="Only live ones, or only backfills.")
    destinations: tuple[str, ...] = Field(default=(), description="Only these destinations; for `writes` only.")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.measures is Measure.FRESHNESS) is (self.within_minutes is None):
            raise ValueError(f"{self.name}: within_minutes belongs to freshness, and freshness needs it")
        if self.destinations and self.measures is not Measure.WRITES:
            raise ValueError(f"{self.name}: destinations belong to writes")
        return self

    @property
    def budget(self) -> float:
        """The share that may be bad."""
        return 1 - self.objective


class BurnRule(Document):
    """Alert when the error budget burns ``factor`` times too fast over both windows."""

    factor: float = Field(gt=0, le=1000, description="How many times faster than the budget lasts.")
    long_minutes: float = Field(gt=0, le=129_600, description="The window that shows it matters.")
    short_minutes: float = Field(gt=0, le=129_600, description="The window that shows it still goes on.")
    severity: Literal["warning", "critical"] = Field(description="How soon somebody should look.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.short_minutes >= self.long_minutes:
            raise ValueError(f"short_minutes {self.short_minutes:g} is not below long_minutes {self.long_minutes:g}")
        return self


DEFAULT_OBJECTIVES = (
    Objective(name="meetings_get_through", measures=Measure.COMPLETION, objective=0.99),
    Objective(name="live_is_fresh", measures=Measure.FRESHNESS, objective=0.95, within_minutes=60, ways=("live",)),
    Objective(name="writes_land", measures=Measure.WRITES, objective=0.99),
    Objective(name="answers_are_usable", measures=Measure.ANSWERS, objective=0.98),
)
WORKBOOK_RULES = (
    BurnRule(factor=14.4, long_minutes=60, short_minutes=5, severity="critical"),
    BurnRule(factor=6, long_minutes=360, short_minutes=30, severity="critical"),
    BurnRule(factor=1, long_minutes=4320, short_minutes=360, severity="warning"),
)


class ReliabilityPolicy(Document):
    """What is promised, and when somebody is told that it will not be kept.

    Where little happens, one failure is a large share: of ten meetings in an hour a single one is 10%, ten times a budget
    of 1%. Below ``fewest_bad`` bad events in the long window nobody is told by that rule; the longer windows gather more. And
    a short window in which nothing ended says nothing: it keeps an alert open, and only good news in it closes the alert.
    """

    objectives: tuple[Objective, ...] = Field(default=DEFAULT_OBJECTIVES, description="The promises.")
    burn: tuple[BurnRule, ...] = Field(default=WORKBOOK_RULES, description="When to tell, most urgent first.")
    fewest_bad: int = Field(default=3, ge=1, le=1000, description="So many bad events in the long window at least.")

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        names = [objective.name for objective in self.objectives]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"objectives: {', '.join(twice)} stands twice")
        return self
