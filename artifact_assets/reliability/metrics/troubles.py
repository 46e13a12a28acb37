"""Metrics of what went wrong and what people had to do.

What belongs here: recovery, repair, interventions, replay safety. What does not: how often things fail (see ``meetings``).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from artifact_assets.domain.states import Stage
from artifact_assets.reliability.facts import Facts
from artifact_assets.reliability.metric import Better, Metric, Unit, ratio, share, spread
from artifact_assets.reliability.metrics.meetings import CUTS

REPAIR_DAYS = 14
PER_MEETINGS = 1000


def _recovery(facts: Facts, by: Sequence[str]) -> pl.LazyFrame:
    return spread(facts["troubles"].filter(pl.col("failures") == 0), "seconds", by)


def _time_to_recovery(facts: Facts, by: Sequence[str]) -> pl.LazyFrame:
    over = facts["troubles"].filter(pl.col("recovered_at").is_not_null())
    named = over.with_columns(pl.col("failure_class").fill_null("none"))
    counted = named.group_by(*by, "failure_class").agg(
        pl.col("seconds").sum().alias("numerator"), pl.len().alias("denominator")
    )
    return ratio(counted, by, pl.col("failure_class"))


def _unrecovered(facts: Facts, by: Sequence[str]) -> pl.LazyFrame:
    never = pl.col("recovered_at").is_null().sum().cast(pl.Float64).alias("numerator")
    whole = pl.len().alias("denominator")
    troubles = facts["troubles"]
    return ratio(troubles.group_by(*by).agg(never, whole) if by else troubles.select(never, whole), by)


def _replay_safety(facts: Facts, by: Sequence[str]) -> pl.LazyFrame:
    delivered = facts["steps"].filter(pl.col("stage") == Stage.DELIVERED.value)
    replays = (~pl.col("first")).sum().alias("denominator")
    counted = pl.col("repeated").sum().alias("numerator")
    if not by:
        joined = facts["writes"].select(counted).join(delivered.select(replays), how="cross")
    else:
        walked = delivered.group_by(*by).agg(replays)
        joined = (
            facts["writes"].group_by(*by).agg(counted).join(walked, list(by), "full", coalesce=True, nulls_equal=True)
        )
    told = joined.with_columns(pl.col("numerator", "denominator").fill_null(0))
    return told.select(
        *by,
        pl.lit("all").alias("part"),
        pl.col("numerator").cast(pl.Float64),
        pl.col("denominator").cast(pl.Float64),
        pl.col("numerator").cast(pl.Float64).alias("value"),
    )


def _interventions(facts: Facts, by: Sequence[str]) -> pl.LazyFrame:
    if by:
        done = facts["interventions"].group_by(*by).len("numerator")
        joined = done.join(facts["ends"].group_by(*by).len("denominator"), list(by), "full", coalesce=True)
    else:
        ended = facts["ends"].select(pl.len().alias("denominator"))
        joined = facts["interventions"].select(pl.len().alias("numerator")).join(ended, how="cross")
    told = joined.with_columns(pl.col("numerator", "denominator").fill_null(0))
    return ratio(told.with_columns(pl.col("numerator") * PER_MEETINGS), by).with_columns(
        pl.col("numerator") / PER_MEETINGS
    )


def _manual_repair(facts: Facts, by: Sequence[str]) -> pl.LazyFrame:
    soon = (pl.col("repaired_at") >= pl.col("ended_at")) & (
        pl.col("repaired_at") - pl.col("ended_at") <= pl.duration(days=REPAIR_DAYS)
    )
    return share(facts["writes"].filter(pl.col("leads")), soon.fill_null(False), by)


TROUBLE_METRICS = (
    Metric(
        "recovery_time",
        "Recovery without people",
        "How long meetings that were put off took until they got through by themselves.",
        "the value at the percentile",
        "stretches of trouble without a failure for good that are over",
        "meetings still waiting; meetings of killed runs, taken up again without a deferral: see runs per meeting",
        Unit.SECONDS,
        Better.LOWER,
        CUTS,
        _recovery,
        "percentile",
    ),
    Metric(
        "time_to_recovery",
        "Mean time to recovery",
        "The mean time from a meeting's first failure or deferral until it got through, by the class of that first failure.",
        "seconds of all stretches of trouble that are over",
        "such stretches",
        "stretches not over yet, which `unrecovered` counts: a low mean beside many of those is no good news",
        Unit.SECONDS,
        Better.LOWER,
        CUTS,
        _time_to_recovery,
        "failure class",
    ),
    Metric(
        "unrecovered",
        "Troubles not over",
        "Of the stretches of trouble that began, the share that is not over by now.",
        "stretches whose meeting has not got through since",
        "stretches of trouble, by the day they began",
        "meetings that wait without ever having failed or been put off",
        Unit.SHARE,
        Better.LOWER,
        CUTS,
        _unrecovered,
    ),
    Metric(
        "replay_safety",
        "Records changed by needless replays",
        "How often a record was written again with the content it had already: what a replay must never do. Must be 0.",
        "accepted sends whose last accepted predecessor on the same record was the very same write",
        "deliveries that were run again for a meeting; shown beside the value, which is the numerator itself",
        "content that went A, B, A, which is wanted; what a destination did beyond what it was asked",
        Unit.COUNT,
        Better.LOWER,
        (*CUTS,),
        _replay_safety,
    ),
    Metric(
        "interventions",
        f"Interventions per {PER_MEETINGS:,} meetings",
        f"What people had to do, per {PER_MEETINGS:,} ends of meetings.",
        "recorded interventions: reviews, deliveries settled by hand, destinations paused or resumed, replays",
        f"ends of meetings, in units of {PER_MEETINGS:,}",
        "looking without acting, and work done at a destination, which is manual repair",
        Unit.COUNT,
        Better.LOWER,
        ("kind", "way"),
        _interventions,
    ),
    Metric(
        "manual_repair",
        "Items repaired by hand",
        f"Of the items delivered, the share that people edited or deleted within {REPAIR_DAYS} days.",
        f"items with a record that a person was seen to have edited or deleted at most {REPAIR_DAYS} days after it was written",
        "items with a confirmed write, once for each destination, by the day of the first write",
        "changes nobody looked for: they are noticed by a later write to the record and by `deliveries reconcile`; their "
        "time is the time they were noticed; completing a task is no edit",
        Unit.SHARE,
        Better.LOWER,
        (*CUTS, "destination"),
        _manual_repair,
    ),
)
