"""Every metric, by name.

What belongs here: the list, and counting all of it. What does not: definitions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

import polars as pl

from artifact_assets.reliability.datasets import CUTS, DATASETS
from artifact_assets.reliability.facts import Facts, nothing
from artifact_assets.reliability.metric import ALL, Metric
from artifact_assets.reliability.metrics.meetings import MEETING_METRICS
from artifact_assets.reliability.metrics.outside import OUTSIDE_METRICS
from artifact_assets.reliability.metrics.troubles import TROUBLE_METRICS

_TEXT = {*CUTS, "destination", "stage"}

METRICS: Mapping[str, Metric] = {m.name: m for m in (*MEETING_METRICS, *OUTSIDE_METRICS, *TROUBLE_METRICS)}


def measure(facts: Facts, name: str, by: Sequence[str] = ()) -> pl.DataFrame:
    """One metric, cut by ``by``, sorted."""
    return METRICS[name].count(facts, by).collect().sort([*by, "part"])


def measured(facts: Facts, cuts: Iterable[str], *, names: Iterable[str] | None = None) -> pl.DataFrame:
    """Every metric by day, in all and by each of ``cuts`` that it knows.

    Columns: day, metric, cut, member, part, numerator, denominator, value. ``cut`` and ``member`` are ``all`` for the whole.
    """
    wanted = [METRICS[name] for name in names] if names is not None else list(METRICS.values())
    questions = [(metric, cut) for metric in wanted for cut in (None, *(c for c in cuts if c in metric.by))]
    # A week at a time: memory is that of a week, however many there are, and each row is read once for all questions.
    answers = [
        answer for since, until in _weeks(facts) for answer in _answers(_held(facts.on(since, until)), questions)
    ]
    return pl.concat([_by_day(METRICS["completion"], None, nothing()).collect(), *answers]).sort(
        "day", "metric", "cut", "member", "part"
    )


def _answers(facts: Facts, questions: Sequence[tuple[Metric, str | None]]) -> list[pl.DataFrame]:
    return pl.collect_all([_by_day(metric, cut, facts) for metric, cut in questions])


def _weeks(facts: Facts) -> Iterator[tuple[date, date]]:
    """Seven days at a time, from the first to the last on which anything counts."""
    ends = [pl.col("day").min().alias("first"), pl.col("day").max().alias("last")]
    found = pl.concat(pl.collect_all([frame.select(ends) for frame in facts.frames.values()])).drop_nulls()
    if not found.height:
        return
    first, last = found["first"].min(), found["last"].max()
    assert isinstance(first, date)
    assert isinstance(last, date)
    while first <= last:
        yield first, first + timedelta(days=7)
        first += timedelta(days=7)


def _held(facts: Facts) -> Facts:
    """The facts in memory, with what they are cut by as categories: grouping by text would take most of the time."""
    collected = pl.collect_all([_categorized(name, frame) for name, frame in facts.frames.items()])
    return Facts({name: frame.lazy() for name, frame in zip(facts.frames, collected, strict=True)})


def _categorized(name: str, frame: pl.LazyFrame) -> pl.LazyFrame:
    return frame.with_columns(pl.col(sorted(_TEXT & set(DATASETS[name].columns))).cast(pl.Categorical))


def _by_day(metric: Metric, cut: str | None, facts: Facts) -> pl.LazyFrame:
    counted = metric.count(facts, ("day", cut) if cut else ("day",))
    return counted.select(
        "day",
        pl.lit(metric.name).alias("metric"),
        pl.lit(cut or ALL).alias("cut"),
        (pl.col(cut).cast(pl.String) if cut else pl.lit(ALL)).alias("member"),
        "part",
        "numerator",
        "denominator",
        "value",
    )
