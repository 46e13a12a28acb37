"""Error budgets: what is left of them, and whether they burn too fast.

What belongs here: which events an objective counts, budgets, burn rates. What does not: who is told (see ``telling``), and
the same rules for Prometheus (see ``alert_rules``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from artifact_assets.domain.model_ports import CallOutcome
from artifact_assets.domain.objectives import BurnRule, Measure, Objective, ReliabilityPolicy
from artifact_assets.reliability.facts import Facts
from artifact_assets.reliability.metrics.meetings import FAILED
from artifact_assets.reliability.metrics.outside import brought_an_answer, came_to_an_end

_EVENT = ("at", "good", "meeting_id", "failure_class")


@dataclass(frozen=True)
class Budget:
    """Where an objective stands over its window. ``left`` is the share of the error budget not used up; below 0 it is missed.

    ``share`` and ``left`` are None where nothing happened.
    """

    objective: Objective
    events: int
    bad: int

    @property
    def share(self) -> float | None:
        """The share that was good."""
        return (self.events - self.bad) / self.events if self.events else None

    @property
    def left(self) -> float | None:
        """What is left of the budget, as a share of it."""
        return 1 - self.bad / (self.events * self.objective.budget) if self.events else None

    @property
    def kept(self) -> bool:
        """Whether the promise is kept; where nothing happened it is."""
        return self.share is None or self.share >= self.objective.objective


@dataclass(frozen=True)
class Burning:
    """An objective whose budget burns too fast by ``rule``. ``since`` is the first bad event of the long window."""

    objective: Objective
    rule: BurnRule
    long_rate: float
    short_rate: float
    events: int
    bad: int
    since: datetime
    top_class: str | None
    example_meeting: str


def events_of(objective: Objective, facts: Facts, now: datetime) -> pl.DataFrame:
    """What the objective counts, up to ``now``: at, good, meeting_id, failure_class; oldest first."""
    match objective.measures:
        case Measure.COMPLETION:
            counted = facts["ends"].with_columns((pl.col("state") != FAILED).alias("good"))
        case Measure.FRESHNESS:
            counted = _fresh(facts, objective, now)
        case Measure.WRITES:
            ended = facts["writes"].filter(came_to_an_end(), pl.col("ended_at").is_not_null())
            counted = ended.with_columns(pl.col("confirmed").alias("good"), pl.col("ended_at").alias("at"))
        case Measure.ANSWERS:
            usable = pl.col("outcome") == CallOutcome.ANSWERED.value
            counted = facts["calls"].filter(brought_an_answer()).with_columns(usable.alias("good"))
    wanted = [pl.col("at") <= now]
    if objective.kinds:
        wanted.append(pl.col("kind").is_in(objective.kinds))
    if objective.ways:
        wanted.append(pl.col("way").is_in(objective.ways))
    if objective.destinations:
        wanted.append(pl.col("destination").is_in(objective.destinations))
    return counted.filter(wanted).select(_EVENT).collect().sort("at", "meeting_id")


def budget_of(objective: Objective, events: pl.DataFrame, now: datetime) -> Budget:
    """The budget over the objective's window, which ends ``now``."""
    inside = _within(events, now, objective.window_days * 1440)
    return Budget(objective, inside.height, inside.height - int(inside["good"].sum()))


def burning(objective: Objective, events: pl.DataFrame, now: datetime, policy: ReliabilityPolicy) -> Burning | None:
    """The most urgent rule that the objective breaks."""
    for rule in policy.burn:
        found = _broken(objective, rule, events, now, policy.fewest_bad)
        if found is not None:
            return found
    return None


def _broken(
    objective: Objective, rule: BurnRule, events: pl.DataFrame, now: datetime, fewest_bad: int
) -> Burning | None:
    long = _within(events, now, rule.long_minutes)
    short = _within(long, now, rule.short_minutes)
    bad = long.filter(~pl.col("good"))
    rates = [_rate(window, objective) for window in (long, short)]
    # Where little happens the short window is often empty: no news does not end an alert, only good news does.
    over = short.height > 0 and rates[1] <= rule.factor
    if bad.height < fewest_bad or rates[0] <= rule.factor or over:
        return None
    classes = bad["failure_class"].drop_nulls().value_counts(sort=True)
    top = str(classes["failure_class"].sort()[0]) if classes.height == 1 else _most(classes)
    newest = bad.filter(pl.col("failure_class").eq_missing(pl.lit(top, pl.String))) if top else bad
    return Burning(
        objective, rule, *rates, events=long.height, bad=bad.height, since=bad["at"][0], top_class=top,
        example_meeting=str(newest["meeting_id"][-1]),
    )  # fmt: skip


def _most(classes: pl.DataFrame) -> str | None:
    """The most frequent one; by name among equals, so that an alert does not change its mind."""
    ordered = classes.sort("count", "failure_class", descending=[True, False])
    return str(ordered["failure_class"][0]) if ordered.height else None


def _rate(events: pl.DataFrame, objective: Objective) -> float:
    """How many times faster than sustainable; 0 where nothing happened."""
    if not events.height:
        return 0.0
    return (1 - float(events["good"].sum()) / events.height) / objective.budget


def _within(events: pl.DataFrame, now: datetime, minutes: float) -> pl.DataFrame:
    return events.filter(pl.col("at") > now - timedelta(minutes=minutes), pl.col("at") <= now)


def _fresh(facts: Facts, objective: Objective, now: datetime) -> pl.LazyFrame:
    """Good ones when they got through; bad ones at the moment they became late, whether they got through since or not."""
    limit = timedelta(minutes=objective.within_minutes or 0)
    seconds = limit.total_seconds()
    through = facts["ends"].filter(pl.col("through"), pl.col("seconds").is_not_null()).with_columns(
        (pl.col("seconds") <= seconds).alias("good"),
        pl.when(pl.col("seconds") <= seconds)
        .then(pl.col("at"))
        .otherwise(pl.col("at") - pl.duration(microseconds=((pl.col("seconds") - seconds) * 1e6).cast(pl.Int64)))
        .alias("at"),
    )  # fmt: skip
    late = facts["meetings"].filter(~pl.col("through"), pl.col("seen_at") + limit < now).with_columns(
        pl.lit(False).alias("good"), (pl.col("seen_at") + limit).alias("at")
    )  # fmt: skip
    wanted = [*_EVENT, "kind", "way"]
    return pl.concat([through.select(wanted), late.select(wanted)])


def windows(policy: ReliabilityPolicy) -> timedelta:
    """The longest time that any objective or rule looks back."""
    longest: Sequence[float] = [
        *(rule.long_minutes for rule in policy.burn),
        *(objective.window_days * 1440 for objective in policy.objectives),
    ]
    return timedelta(minutes=max(longest, default=0))
