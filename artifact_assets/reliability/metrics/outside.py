"""Metrics of the services outside: destinations and language models.

What belongs here: what ``writes`` and ``calls`` tell. What does not: meetings and people.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.model_ports import CallOutcome
from artifact_assets.domain.states import IntentState
from artifact_assets.reliability.facts import Facts
from artifact_assets.reliability.metric import Better, Metric, Unit, histogram, ratio, share, spread
from artifact_assets.reliability.metrics.meetings import CUTS, bucket

GIVEN_UP = [IntentState.REJECTED.value, IntentState.DEAD_LETTER.value]
UNUSABLE = [
    FailureClass.MODEL_OUTPUT_INVALID.value,
    FailureClass.MODEL_OUTPUT_TRUNCATED.value,
    FailureClass.MODEL_REFUSED.value,
]
"""Failure classes of calls that brought an answer of no use."""


def came_to_an_end() -> pl.Expr:
    """Writes that were confirmed or given up."""
    return pl.col("confirmed") | pl.col("state").is_in(GIVEN_UP)


def brought_an_answer() -> pl.Expr:
    """Calls after which there was something to read."""
    return (pl.col("outcome") != CallOutcome.FAILED.value) | pl.col("failure_class").is_in(UNUSABLE)


def _write_success(facts: Facts, by: Sequence[str]) -> pl.LazyFrame:
    return share(facts["writes"].filter(came_to_an_end()), pl.col("confirmed"), by)


def _write_retries(facts: Facts, by: Sequence[str]) -> pl.LazyFrame:
    return histogram(facts["writes"].filter(pl.col("sends") > 0), bucket("sends"), by)


def _write_time(facts: Facts, by: Sequence[str]) -> pl.LazyFrame:
    waited = ((pl.col("ended_at") - pl.col("planned_at")).dt.total_microseconds() / 1e6).alias("seconds")
    return spread(facts["writes"].filter(pl.col("confirmed")).with_columns(waited), "seconds", by)


def _validity(facts: Facts, by: Sequence[str]) -> pl.LazyFrame:
    usable = pl.col("outcome") == CallOutcome.ANSWERED.value
    return share(facts["calls"].filter(brought_an_answer()), usable, by)


def _cost(facts: Facts, by: Sequence[str]) -> pl.LazyFrame:
    priced = facts["calls"].filter(pl.col("cost").is_not_null())
    counted = [pl.col("cost").sum().alias("numerator"), pl.col("meeting_id").n_unique().alias("denominator")]
    return ratio(priced.group_by(*by).agg(counted) if by else priced.select(counted), by)


def _tokens(facts: Facts, by: Sequence[str]) -> pl.LazyFrame:
    told = facts["calls"].filter(pl.col("input_tokens").is_not_null())
    both = pl.col("input_tokens") + pl.col("output_tokens").fill_null(0)
    counted = [both.sum().alias("numerator"), pl.col("meeting_id").n_unique().alias("denominator")]
    return ratio(told.group_by(*by).agg(counted) if by else told.select(counted), by)


OUTSIDE_METRICS = (
    Metric(
        "write_success",
        "Writes that landed",
        "Of the writes to destinations that came to an end, the share that was confirmed.",
        "writes confirmed at least once, whatever became of the record later",
        "those and the ones ended as `rejected` or `dead_letter`",
        "writes still open; conflicts, where a person's change was respected; writes withdrawn, superseded or expired unsent",
        Unit.SHARE,
        Better.HIGHER,
        (*CUTS, "destination"),
        _write_success,
    ),
    Metric(
        "write_retries",
        "Sends per write",
        "How many calls writes took, as a histogram; 1 is the plain case.",
        "writes that took so many calls",
        "writes that were sent at all",
        "look-ups, which send nothing",
        Unit.SHARE,
        Better.NEITHER,
        (*CUTS, "destination"),
        _write_retries,
        "number of sends",
    ),
    Metric(
        "write_time",
        "Decided to confirmed",
        "How long a write takes from being decided on to being confirmed.",
        "the value at the percentile",
        "confirmed writes",
        "writes still open or given up",
        Unit.SECONDS,
        Better.LOWER,
        (*CUTS, "destination"),
        _write_time,
        "percentile",
    ),
    Metric(
        "structured_output",
        "Answers of the right shape",
        "Of the answers that language models gave, the share that could be used as they were.",
        "calls `answered`",
        "those, answers discarded, and calls that failed as invalid, truncated or refused",
        "calls without an answer: timeouts, outages, limits; answers found in the store, which cost no call",
        Unit.SHARE,
        Better.HIGHER,
        CUTS,
        _validity,
    ),
    Metric(
        "cost",
        "Cost per meeting",
        "What the language model's calls of a meeting cost.",
        "US dollars of all calls, failed ones included",
        "meetings with such calls",
        "calls without a known price (`model.prices`); everything but the model",
        Unit.DOLLARS,
        Better.LOWER,
        CUTS,
        _cost,
    ),
    Metric(
        "tokens",
        "Tokens per meeting",
        "How many tokens, in and out, the calls of a meeting took.",
        "tokens of all calls",
        "meetings with such calls",
        "calls whose provider told no usage",
        Unit.COUNT,
        Better.NEITHER,
        CUTS,
        _tokens,
    ),
)
