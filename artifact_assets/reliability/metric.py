"""What a metric is: one number with its meaning, defined once.

What belongs here: the shape of a metric and of its answer, and the few ways of counting that metrics share. What does not:
the metrics themselves (see ``metrics``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from artifact_assets.reliability.facts import Facts

ALL = "all"
"""The part of a metric that has only one."""
PERCENTILES = (0.5, 0.95, 0.99)


class Unit(StrEnum):
    """What a value is counted in."""

    SHARE = "share"
    SECONDS = "seconds"
    COUNT = "count"
    DOLLARS = "US dollars"


class Better(StrEnum):
    """Which way is good news."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


Counting = Callable[[Facts, Sequence[str]], pl.LazyFrame]
"""Facts and columns to cut by, to a frame of those columns and ``part``, ``numerator``, ``denominator``, ``value``.

``value`` is null where the denominator is 0: nothing happened, which is neither good nor bad.
"""


@dataclass(frozen=True)
class Metric:
    """One metric. ``by`` are the columns it may be cut by beside ``day``; ``parts`` says what its parts are.

    ``exported`` is the metric's name at a monitoring system.
    """

    name: str
    title: str
    sentence: str
    numerator: str
    denominator: str
    leaves_out: str
    unit: Unit
    better: Better
    by: tuple[str, ...]
    count: Counting
    parts: str = ""

    @property
    def exported(self) -> str:
        """The name of the gauge that shows it."""
        suffix = {Unit.SHARE: "_ratio", Unit.SECONDS: "_seconds", Unit.DOLLARS: "_dollars", Unit.COUNT: ""}[self.unit]
        return f"artifacts_{self.name}{suffix}"


def share(frame: pl.LazyFrame, good: pl.Expr, by: Sequence[str]) -> pl.LazyFrame:
    """How many rows are ``good``, of all."""
    counted = _grouped(frame, by, good.sum().cast(pl.Float64).alias("numerator"), pl.len().alias("denominator"))
    return ratio(counted, by)


def ratio(counted: pl.LazyFrame, by: Sequence[str], part: pl.Expr | None = None) -> pl.LazyFrame:
    """A frame with ``numerator`` and ``denominator``, as the answer of a metric."""
    # Dividing by nothing is null, not infinite.
    value = pl.when(pl.col("denominator") > 0).then(pl.col("numerator") / pl.col("denominator"))
    return counted.select(
        *by,
        (part if part is not None else pl.lit(ALL)).alias("part"),
        pl.col("numerator").cast(pl.Float64),
        pl.col("denominator").cast(pl.Float64),
        value.alias("value"),
    )


def spread(frame: pl.LazyFrame, column: str, by: Sequence[str], prefix: str | None = None) -> pl.LazyFrame:
    """Median, 95th and 99th percentile of ``column``; ``prefix`` is a column whose values the parts begin with.

    Linear interpolation between the two nearest values, as spreadsheets do.
    """
    groups = [*by, *([prefix] if prefix else [])]
    values = [pl.col(column).quantile(q, "linear").alias(f"p{q * 100:g}") for q in PERCENTILES]
    counted = _grouped(frame.filter(pl.col(column).is_not_null()), groups, *values, pl.len().alias("denominator"))
    names = [f"p{q * 100:g}" for q in PERCENTILES]
    long = counted.unpivot(names, index=[*groups, "denominator"], variable_name="part", value_name="value")
    part = pl.format("{} {}", pl.col(prefix).cast(pl.String), "part") if prefix else pl.col("part")
    return long.select(
        *by,
        part.alias("part"),
        pl.col("value").alias("numerator"),
        pl.col("denominator").cast(pl.Float64),
        pl.col("value"),
    )


def histogram(frame: pl.LazyFrame, bucket: pl.Expr, by: Sequence[str]) -> pl.LazyFrame:
    """The share of rows in each bucket."""
    counted = frame.group_by(*by, bucket.alias("part")).agg(pl.len().alias("numerator"))
    whole = pl.col("numerator").sum()
    return ratio(counted.with_columns((whole.over(by) if by else whole).alias("denominator")), by, pl.col("part"))


def _grouped(frame: pl.LazyFrame, by: Sequence[str], *counted: pl.Expr) -> pl.LazyFrame:
    return frame.group_by(*by).agg(*counted) if by else frame.select(*counted)
