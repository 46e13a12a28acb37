"""What a Prometheus server reads: every metric of the registry, the counters of the alert rules, and what waits now.

What belongs here: families of samples from facts, budgets and dependencies, and the collector that hands them over. What
does not: serving them (see ``commands.metrics``) and definitions (see ``metrics``). No label holds a word of a meeting.

One cut at a time: a metric is shown in all (``cut="all"``) and by each column it may be cut by, never by their product, so
that the number of series is the sum of members and not their product; of each cut only the ``MOST_MEMBERS`` largest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from artifact_assets.domain.states import IntentState, MeetingState
from artifact_assets.reliability.alert_rules import BAD_EVENTS, EVENTS
from artifact_assets.reliability.burning import Budget
from artifact_assets.reliability.datasets import CUTS
from artifact_assets.reliability.facts import Facts
from artifact_assets.reliability.metric import ALL, Metric
from artifact_assets.reliability.metrics.registry import METRICS

MOST_MEMBERS = 50
"""Kinds and models come from sidecars and configurations: somebody will put something unbounded there."""
MEETINGS, DELIVERIES, OLDEST = "artifacts_meetings", "artifacts_deliveries", "artifacts_oldest_waiting_seconds"
DEPENDENCY, OBJECTIVE, BUDGET_LEFT = (
    "artifacts_dependency_up",
    "artifacts_slo_objective_ratio",
    "artifacts_slo_budget_left_ratio",
)
MADE_AT, READ_ERRORS = "artifacts_read_timestamp_seconds", "artifacts_read_errors_total"
_CUTS = (*CUTS, "destination")
_MOVING = (MeetingState.RECEIVED, MeetingState.DEFERRED, MeetingState.AWAITING_REVIEW, MeetingState.QUARANTINED)
Family = GaugeMetricFamily | CounterMetricFamily


@dataclass(frozen=True)
class Reading:
    """The ledger as counted at ``now``. ``counters`` are (events, bad events) by objective, which never fall.

    ``dependencies`` says of each that is known whether it is called as usual. ``days`` is how far ratios and percentiles
    look back, today included.
    """

    facts: Facts
    budgets: Sequence[Budget]
    counters: Mapping[str, tuple[int, int]]
    dependencies: Mapping[str, bool]
    now: datetime
    days: int


def families_of(reading: Reading) -> list[Family]:
    """Every family, in a fixed order. Reads the facts, which takes as long as a report."""
    today = reading.now.date()
    recent = reading.facts.on(today - timedelta(days=reading.days - 1), today + timedelta(days=1))
    return [
        *_metrics(recent, reading.days),
        *_objectives(reading),
        _states(reading.facts, "meetings", MEETINGS, "Meetings by state now.", tuple(MeetingState)),
        _states(reading.facts, "writes", DELIVERIES, "Writes to destinations by state now.", tuple(IntentState)),
        _oldest(reading.facts, reading.now),
        _dependencies(reading.dependencies),
        _single(MADE_AT, "When the ledger was read, in seconds since 1970.", reading.now.timestamp()),
    ]


@dataclass(eq=False)
class Exposition(Collector):
    """Hands over what was last read; a scrape costs no reading. ``errors`` counts readings that failed since the start."""

    families: Sequence[Family] = field(default_factory=list[Family])
    errors: int = 0

    def describe(self) -> list[Family]:
        """Nothing: registering must not collect."""
        return []

    def collect(self) -> Iterator[Family]:
        """The families, and how often the ledger could not be read."""
        yield from self.families
        failed = CounterMetricFamily(READ_ERRORS, "Times the ledger could not be read; what is shown is older then.")
        failed.add_metric([], self.errors)
        yield failed


def _metrics(facts: Facts, days: int) -> list[Family]:
    questions = [(metric, cut) for metric in METRICS.values() for cut in (None, *(c for c in _CUTS if c in metric.by))]
    answers = pl.collect_all([metric.count(facts, (cut,) if cut else ()) for metric, cut in questions])
    families: dict[str, GaugeMetricFamily] = {}
    for (metric, cut), rows in zip(questions, answers, strict=True):
        labels = ["cut", *metric.by, "part"]
        told = f"{metric.title}: {metric.sentence} Over {days} UTC days, today included."
        family = families.setdefault(metric.name, GaugeMetricFamily(metric.exported, told, labels=labels))
        for row in _largest(rows, cut).sort([*([cut] if cut else []), "part"]).iter_rows(named=True):
            family.add_metric(_labels(metric, cut, row), row["value"])
    return list(families.values())


def _largest(rows: pl.DataFrame, cut: str | None) -> pl.DataFrame:
    """Rows with a value; of a cut those of the members with most to count."""
    told = rows.filter(pl.col("value").is_not_null())
    if cut is None:
        return told
    sizes = told.group_by(cut).agg(pl.col("denominator").sum()).sort(["denominator", cut], descending=[True, False])
    return told.filter(pl.col(cut).is_in(sizes[cut].head(MOST_MEMBERS).to_list()))


def _labels(metric: Metric, cut: str | None, row: Mapping[str, Any]) -> list[str]:
    return [cut or ALL, *(str(row[one]) if one == cut else "" for one in metric.by), str(row["part"])]


def _objectives(reading: Reading) -> list[Family]:
    labels = ["objective"]
    events = CounterMetricFamily(EVENTS, "Everything the objective counts.", labels=labels)
    bad = CounterMetricFamily(BAD_EVENTS, "What of it was bad.", labels=labels)
    promised = GaugeMetricFamily(OBJECTIVE, "The share that has to be good.", labels=labels)
    left = GaugeMetricFamily(BUDGET_LEFT, "What is left of the error budget; below 0 it is missed.", labels=labels)
    for budget in reading.budgets:
        name = [budget.objective.name]
        whole, wrong = reading.counters[budget.objective.name]
        events.add_metric(name, whole)
        bad.add_metric(name, wrong)
        promised.add_metric(name, budget.objective.objective)
        # Where nothing happened nothing of the budget is used up.
        left.add_metric(name, budget.left if budget.left is not None else 1.0)
    return [events, bad, promised, left]


def _states(facts: Facts, frame: str, name: str, told: str, states: Sequence[str]) -> GaugeMetricFamily:
    counted = facts[frame].group_by("state").agg(pl.len().alias("count")).collect()
    found = dict(zip(counted["state"], counted["count"], strict=True))
    family = GaugeMetricFamily(name, told, labels=["state"])
    for state in states:
        # Zeros too: a series that comes and goes cannot be drawn or alerted on.
        family.add_metric([str(state)], found.get(str(state), 0))
    return family


def _oldest(facts: Facts, now: datetime) -> GaugeMetricFamily:
    counted = facts["meetings"].group_by("state").agg(pl.col("updated_at").min()).collect()
    since = dict(zip(counted["state"], counted["updated_at"], strict=True))
    family = GaugeMetricFamily(
        OLDEST, "How long the meeting has waited that waits longest in this state.", labels=["state"]
    )
    for state in _MOVING:
        family.add_metric([state.value], (now - since[state.value]).total_seconds() if state.value in since else 0.0)
    return family


def _dependencies(known: Mapping[str, bool]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        DEPENDENCY, "1 while the model or destination is called as usual; 0 while down, parked, paused or limited.",
        labels=["dependency"],
    )  # fmt: skip
    for name in sorted(known):
        family.add_metric([name], float(known[name]))
    return family


def _single(name: str, told: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, told, value=value)
