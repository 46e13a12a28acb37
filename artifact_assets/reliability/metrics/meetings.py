"""Metrics of meetings: do they get through, how often were they tried, why not, and how fast.

What belongs here: what ``ends``, ``meetings`` and ``steps`` tell. What does not: writes, the model, people.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from artifact_assets.domain.states import MeetingState
from artifact_assets.reliability.facts import Facts
from artifact_assets.reliability.metric import Better, Metric, Unit, histogram, ratio, share, spread

CUTS = ("kind", "way", "extractor", "model")
FAILED = MeetingState.FAILED.value
WRITTEN = [MeetingState.DELIVERED.value, MeetingState.PARTIALLY_DELIVERED.value]
SLOT_MINUTES = 5


def bucket(column: str) -> pl.Expr:
    """1, 2, 3, 4, then wider: retries are either few or far too many."""
    count = pl.col(column)
    return (
        pl.when(count <= 4)
        .then(count.cast(pl.String))
        .when(count <= 8)
        .then(pl.lit("5 to 8"))
        .otherwise(pl.lit("9 and more"))
    )


def _completion(facts: Facts, by: Sequence[str]) -> pl.LazyFrame:
    return share(facts["ends"], pl.col("state") != FAILED, by)


def _failures(facts: Facts, by: Sequence[str]) -> pl.LazyFrame:
    ended = (
        facts["ends"].group_by(*by).len("denominator") if by else facts["ends"].select(pl.len().alias("denominator"))
    )
    failed = facts["ends"].filter(pl.col("state") == FAILED).with_columns(pl.col("failure_class").fill_null("none"))
    counted = failed.group_by(*by, "failure_class").agg(pl.len().alias("numerator"))
    joined = counted.join(ended, list(by)) if by else counted.join(ended, how="cross")
    return ratio(joined, by, pl.col("failure_class"))


def _walks(facts: Facts, by: Sequence[str]) -> pl.LazyFrame:
    return histogram(facts["meetings"].filter(pl.col("walks") > 0), bucket("walks"), by)


def _freshness(facts: Facts, by: Sequence[str]) -> pl.LazyFrame:
    return spread(facts["ends"].filter(pl.col("through"), pl.col("state").is_in(WRITTEN)), "seconds", by)


def _arrival_at_stage(facts: Facts, by: Sequence[str]) -> pl.LazyFrame:
    return spread(facts["steps"].filter(pl.col("first")), "seconds", by, "stage")


def _stage_work(facts: Facts, by: Sequence[str]) -> pl.LazyFrame:
    return spread(facts["steps"], "work_seconds", by, "stage")


def _throughput(facts: Facts, by: Sequence[str]) -> pl.LazyFrame:
    ends = facts["ends"].filter(pl.col("way") == "backfill").with_columns(
        pl.col("at").dt.truncate(f"{SLOT_MINUTES}m").alias("slot")
    )  # fmt: skip
    counted = [pl.len().alias("numerator"), (pl.col("slot").n_unique() * SLOT_MINUTES / 60).alias("denominator")]
    return ratio(ends.group_by(*by).agg(counted) if by else ends.select(counted), by)


MEETING_METRICS = (
    Metric(
        "completion",
        "Meetings that got through",
        "Of the times a meeting came to an end, the share in which it got through all stages.",
        "ends other than `failed`; quarantined, expired and waiting for review got through: the pipeline did its part",
        "all ends",
        "meetings still on their way or put off, which have no end yet; replays that change nothing, which are no end",
        Unit.SHARE,
        Better.HIGHER,
        CUTS,
        _completion,
    ),
    Metric(
        "terminal_failures",
        "Failures for good",
        "Of the times a meeting came to an end, the share that failed, by failure class.",
        "ends in `failed` of this class",
        "all ends",
        "deferrals, which wait and are tried again; single items and writes that were refused",
        Unit.SHARE,
        Better.LOWER,
        CUTS,
        _failures,
        "failure class",
    ),
    Metric(
        "meeting_retries",
        "Runs per meeting",
        "How often meetings were taken up by a run, as a histogram; 1 is the plain case.",
        "meetings taken up so often",
        "meetings taken up at all",
        "tries inside a stage; it counts for the day the file was first seen, later replays included",
        Unit.SHARE,
        Better.NEITHER,
        CUTS,
        _walks,
        "number of runs",
    ),
    Metric(
        "freshness",
        "File to confirmed",
        "How long it takes from seeing a file, or its newest revision, until everything of it is confirmed.",
        "the value at the percentile",
        "meetings that got through with writes done for the first time",
        "meetings that never got through, were withheld or wait for a person; replays",
        Unit.SECONDS,
        Better.LOWER,
        CUTS,
        _freshness,
        "percentile",
    ),
    Metric(
        "stage_arrival",
        "File to each stage",
        "How long it takes from seeing a file until each stage has its result: where the time goes.",
        "the value at the percentile",
        "first results of the stage for a revision",
        "stages that were not reached; replays",
        Unit.SECONDS,
        Better.LOWER,
        CUTS,
        _arrival_at_stage,
        "stage and percentile",
    ),
    Metric(
        "stage_work",
        "Work of each stage",
        "How long each stage itself works on a meeting, its own retries included, waiting for its turn not.",
        "the value at the percentile",
        "results of the stage that were made, not reused",
        "tries that ended without a result",
        Unit.SECONDS,
        Better.LOWER,
        CUTS,
        _stage_work,
        "stage and percentile",
    ),
    Metric(
        "backfill_throughput",
        "Backfill, meetings an hour",
        "How many meetings of backfills come to an end in an hour in which backfills work.",
        "ends of meetings of backfills",
        f"hours, counted in slots of {SLOT_MINUTES} minutes with at least one such end",
        "slots in which a backfill worked and nothing ended, so that a backfill of very slow meetings looks faster than it is",
        Unit.COUNT,
        Better.HIGHER,
        ("kind", "extractor", "model"),
        _throughput,
    ),
)
