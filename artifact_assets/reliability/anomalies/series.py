"""Hourly series drawn from facts: how often each fingerprint occurred, of how many chances, and how levels went.

What belongs here: fingerprints and how facts are cut into hours. What does not: judging a series (see ``watching``).

A fingerprint is what stays the same when an error comes again: where it happened, its class, and the adapter and operation
it happened at. Ids, times and texts are not part of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from artifact_assets.domain.model_ports import CallOutcome
from artifact_assets.reliability.facts import Facts

Hours = npt.NDArray[np.float64]
STUCK_AFTER = timedelta(hours=6)
WINSOR = 0.01


@dataclass(frozen=True)
class Grid:
    """Whole hours from ``start``; ``hours`` of them, the last one ending at ``end``."""

    start: datetime
    hours: int

    @property
    def end(self) -> datetime:
        """Where the last hour ends."""
        return self.start + timedelta(hours=self.hours)

    def slot(self, column: str) -> pl.Expr:
        """The hour a moment falls into."""
        return (pl.col(column) - self.start).dt.total_microseconds() // 3_600_000_000


@dataclass(frozen=True)
class Counted:
    """One fingerprint: ``hits`` of ``chances`` by hour. ``events`` are the rows behind it: at, meeting_id."""

    key: str
    sentence: str
    hits: Hours
    chances: Hours
    events: pl.DataFrame = field(repr=False)

    def example(self, since: datetime, until: datetime) -> str | None:
        """The newest meeting it happened to."""
        near = self.events.filter(pl.col("at") > since, pl.col("at") <= until).drop_nulls("meeting_id")
        return str(near["meeting_id"][-1]) if near.height else None


@dataclass(frozen=True)
class Level:
    """One measured level, as sums by hour. ``relative`` ones are logarithms: a step is a factor."""

    key: str
    sentence: str
    number: Hours
    total: Hours
    squares: Hours
    relative: bool


@dataclass(frozen=True)
class Watched:
    """Everything that is watched. ``arrivals`` are meetings by hour, ``stuck`` those waiting longer than usual at its end."""

    grid: Grid
    counted: tuple[Counted, ...]
    levels: tuple[Level, ...]
    arrivals: Hours
    stuck: Counted


def watched(facts: Facts, grid: Grid) -> Watched:
    """The series of ``facts`` over ``grid``."""
    arrivals = _by_hour(facts["meetings"].select(pl.col("received_at").alias("at")).collect(), grid)
    return Watched(
        grid,
        tuple(_counted(facts, grid, arrivals)),
        tuple(_levels(facts, grid)),
        arrivals,
        _stuck(facts, grid, arrivals),
    )


def _counted(facts: Facts, grid: Grid, arrivals: Hours) -> Iterator[Counted]:
    troubles = facts["troubles"].select(pl.col("began_at").alias("at"), "meeting_id", "failure_class").collect()
    for (name,), rows in troubles.drop_nulls("failure_class").group_by("failure_class", maintain_order=True):
        yield _fingerprint(f"meeting|{name}", f"meetings that stop with {name}", rows, arrivals, grid)
    writes = facts["writes"].filter(pl.col("ended_at").is_not_null()).with_columns(at=pl.col("ended_at")).collect()
    for (where, what), rows in writes.group_by("destination", "operation", maintain_order=True):
        chances = _by_hour(rows, grid)
        for (name,), failed in (
            rows.filter(~pl.col("confirmed")).drop_nulls("failure_class").group_by("failure_class", maintain_order=True)
        ):
            sentence = f"writes ({what}) to {where} that end with {name}"
            yield _fingerprint(f"write|{where}|{what}|{name}", sentence, failed, chances, grid)
    calls = facts["calls"].collect()
    for (model,), rows in calls.group_by("model", maintain_order=True):
        chances = _by_hour(rows, grid)
        bad = rows.filter(pl.col("outcome") != CallOutcome.ANSWERED.value)
        for (outcome, name), failed in bad.group_by("outcome", "failure_class", maintain_order=True):
            sentence = f"calls of {model} that are {outcome}" + (f" with {name}" if name else "")
            yield _fingerprint(f"call|{model}|{outcome}|{name}", sentence, failed, chances, grid)
    steps = facts["steps"].select("at", "meeting_id", "seconds").collect()
    early = steps.filter(pl.col("seconds").is_null() | (pl.col("seconds") < 0))
    sentence = "results that are older than the file they are of: clocks disagree"
    yield _fingerprint("clock|order", sentence, early, _by_hour(steps, grid), grid)


def _levels(facts: Facts, grid: Grid) -> Iterator[Level]:
    through = facts["ends"].filter(pl.col("through"), pl.col("way") == "live", pl.col("seconds") > 0)
    yield _level(
        "latency|live", "time from file to delivered, live", through, pl.col("seconds").log(), grid, relative=True
    )
    steps = facts["steps"].filter(pl.col("work_seconds") > 0).collect()
    for (stage,), rows in steps.group_by("stage", maintain_order=True):
        sentence = f"time the stage {stage} works"
        yield _level(f"work|{stage}", sentence, rows.lazy(), pl.col("work_seconds").log(), grid, relative=True)
    calls = facts["calls"].filter(pl.col("outcome") == CallOutcome.ANSWERED.value).collect()
    for (model,), rows in calls.group_by("model", maintain_order=True):
        told = rows.lazy().filter((pl.col("input_tokens") + pl.col("output_tokens")) > 0)
        tokens = (pl.col("input_tokens") + pl.col("output_tokens")).log()
        yield _level(f"tokens|{model}", f"tokens a call of {model} takes", told, tokens, grid, relative=True)
        paid = rows.lazy().filter(pl.col("cost") > 0)
        yield _level(f"cost|{model}", f"cost of a call of {model}", paid, pl.col("cost").log(), grid, relative=True)
        slow = rows.lazy().filter(pl.col("seconds") > 0)
        yield _level(
            f"answer|{model}", f"time {model} takes to answer", slow, pl.col("seconds").log(), grid, relative=True
        )
    judged = facts["meetings"].filter(pl.col("items") > 0).with_columns(at=pl.col("received_at"))
    yield _level("items|meeting", "items found in a meeting", judged, pl.col("items").log(), grid, relative=True)
    held = pl.col("quarantined") / pl.col("items")
    yield _level("held|share", "share of items that the rules hold back", judged, held, grid, relative=False)


def _stuck(facts: Facts, grid: Grid, arrivals: Hours) -> Counted:
    """Meetings in trouble for longer than usual, at the end of each hour, as far as was known then."""
    # A failed meeting waits for nobody but a person, and is told of as such.
    rows = facts["troubles"].filter(pl.col("failures") == 0).select(
        "meeting_id", pl.col("began_at").alias("at"), grid.slot("began_at").alias("began"),
        grid.slot("recovered_at").alias("ended"),
    ).collect()  # fmt: skip
    late = int(STUCK_AFTER.total_seconds() // 3600)
    change = np.zeros(grid.hours + 1)
    began = np.clip(rows["began"].to_numpy() + late, 0, grid.hours)
    ended = np.clip(rows["ended"].fill_null(grid.hours).to_numpy(), 0, grid.hours)
    there = ended > began
    np.add.at(change, began[there], 1)
    np.add.at(change, ended[there], -1)
    sentence = f"meetings that wait for more than {late} hours"
    return Counted(
        "stuck|meetings", sentence, np.cumsum(change)[: grid.hours], arrivals, rows.select("at", "meeting_id")
    )


def _fingerprint(key: str, sentence: str, rows: pl.DataFrame, chances: Hours, grid: Grid) -> Counted:
    events = rows.select("at", "meeting_id").sort("at")
    return Counted(key, sentence, _by_hour(events, grid), chances, events)


def _by_hour(rows: pl.DataFrame, grid: Grid) -> Hours:
    return _sums(rows, grid, [pl.len().alias("value")])[0]


def _level(key: str, sentence: str, rows: pl.LazyFrame, value: pl.Expr, grid: Grid, *, relative: bool) -> Level:
    found = rows.select("at", value.cast(pl.Float64).alias("value")).drop_nulls().collect()
    if found.height:
        # One meeting of nine hours is no drift.
        low, high = (found["value"].quantile(q, "linear") for q in (WINSOR, 1 - WINSOR))
        found = found.with_columns(pl.col("value").clip(low, high))
    squares = (pl.col("value") ** 2).sum().alias("squares")
    number, total, squared = _sums(found, grid, [pl.len().alias("n"), pl.col("value").sum().alias("total"), squares])
    return Level(key, sentence, number, total, squared, relative)


def _sums(rows: pl.DataFrame, grid: Grid, what: Sequence[pl.Expr]) -> list[Hours]:
    grouped = rows.with_columns(grid.slot("at").alias("hour")).filter(
        (pl.col("hour") >= 0) & (pl.col("hour") < grid.hours)
    ).group_by("hour").agg(*what)  # fmt: skip
    found: list[Hours] = []
    for column in grouped.columns[1:]:
        hours = np.zeros(grid.hours)
        hours[grouped["hour"].to_numpy()] = grouped[column].to_numpy()
        found.append(hours)
    return found or [np.zeros(grid.hours) for _ in what]
