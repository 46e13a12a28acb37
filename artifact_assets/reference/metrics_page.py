"""``docs/metrics.md``: what every number means, and the tables it is counted from.

What belongs here: laying out what the definitions say of themselves. What does not: the definitions (see
``reliability.metrics`` and ``reliability.datasets``).
"""

from __future__ import annotations

from typing import Any

import polars as pl

from artifact_assets.reference.markdown import page, table
from artifact_assets.reliability.datasets import DATASETS, TIME
from artifact_assets.reliability.metric import Metric
from artifact_assets.reliability.metrics.registry import METRICS

INTRODUCTION = """Every number is defined once, in `artifact_assets/reliability/metrics/`, and counted from the ledger: in the
report, in Dagster's asset `reliability`, in the Parquet export and in the alerts it is the same number. Days are UTC. A metric
without anything to count has no value; that is neither good nor bad. Each can be cut by day and by the columns named with it.

`live` and `backfill` are told apart by the meeting's row; a meeting's extractor and model are those of its newest extraction,
also for what happened before it."""
TABLES = """## The tables

What metrics are counted from, and what the Parquet export holds. No column holds a word of a meeting."""
_TYPES = {pl.String: "text", pl.Int64: "whole number", pl.Float64: "number", pl.Boolean: "yes or no", pl.Date: "day"}


def metrics_page() -> str:
    """The whole page."""
    return page(
        "# Metrics",
        INTRODUCTION,
        *(_metric(metric) for metric in METRICS.values()),
        TABLES,
        *(
            f"### {dataset.name}\n\n{dataset.sentence}\n\n"
            + table(
                ("column", "type", "meaning"),
                ((f"`{name}`", _type(column.dtype), column.meaning) for name, column in dataset.columns.items()),
            )
            for dataset in DATASETS.values()
        ),
    )


def _metric(metric: Metric) -> str:
    rows = [
        ("counted", metric.numerator),
        ("of", metric.denominator),
        ("left out", metric.leaves_out),
        ("unit", metric.unit.value + (f", by {metric.parts}" if metric.parts else "")),
        ("good news", metric.better.value),
        ("cut by", ", ".join(f"`{each}`" for each in metric.by)),
        ("at a monitoring system", f"`{metric.exported}`"),
    ]
    return f"## {metric.name}\n\n**{metric.title}.** {metric.sentence}\n\n" + table(("", ""), rows)


def _type(dtype: Any) -> str:
    return "time, UTC" if dtype == TIME else _TYPES[dtype]
