"""Every metric, by name.

What belongs here: the list, and counting all of it. What does not: definitions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from artifact_assets.reliability.facts import Facts
from artifact_assets.reliability.metric import ALL, Metric
from artifact_assets.reliability.metrics.meetings import MEETING_METRICS
from artifact_assets.reliability.metrics.outside import OUTSIDE_METRICS
from artifact_assets.reliability.metrics.troubles import TROUBLE_METRICS

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
    answers = pl.collect_all([_by_day(metric, cut, facts) for metric, cut in questions])
    return pl.concat(answers).sort("day", "metric", "cut", "member", "part")


def _by_day(metric: Metric, cut: str | None, facts: Facts) -> pl.LazyFrame:
    counted = metric.count(facts, ("day", cut) if cut else ("day",))
    return counted.select(
        "day",
        pl.lit(metric.name).alias("metric"),
        pl.lit(cut or ALL).alias("cut"),
        (pl.col(cut) if cut else pl.lit(ALL)).alias("member"),
        "part",
        "numerator",
        "denominator",
        "value",
    )
