"""Drawing facts from the ledger's rows.

What belongs here: what a row of each dataset is made of, for meetings and what happened to them. What does not: writes and
items (see ``written``), and counting.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import polars as pl

from artifact_assets.domain.ledger_columns import Days, LedgerColumns
from artifact_assets.domain.states import ENDS_OF_DELIVERY, MeetingState, Stage
from artifact_assets.reliability.datasets import (
    CALLS,
    CUTS,
    DATASETS,
    ENDS,
    INTERVENTIONS,
    MEETINGS,
    NONE,
    STEPS,
    TROUBLES,
)
from artifact_assets.reliability.facts import Facts
from artifact_assets.reliability.raw import Rows, rows_of
from artifact_assets.reliability.written import items_of, writes_of

THROUGH = sorted(state.value for state in ENDS_OF_DELIVERY)
"""Ends of a meeting that got through all stages."""
ALL_ENDS = [*THROUGH, MeetingState.FAILED.value]
_TROUBLE = [MeetingState.FAILED.value, MeetingState.DEFERRED.value]


async def drawn(ledger: LedgerColumns, days: Days) -> Facts:
    """The facts of meetings received on ``days``, and of what people did on those days."""
    return draw(await rows_of(ledger, days))


def draw(rows: Rows) -> Facts:
    """Facts from rows."""
    cuts = _cuts(rows)
    writes = writes_of(rows, cuts)
    drawn_frames = {
        MEETINGS.name: _meetings(rows, cuts),
        ENDS.name: _ends(rows, cuts),
        TROUBLES.name: _troubles(rows, cuts),
        STEPS.name: _steps(rows, cuts),
        "writes": writes,
        CALLS.name: _calls(rows, cuts),
        "items": items_of(rows, cuts, writes),
        INTERVENTIONS.name: _interventions(rows),
    }
    return Facts({name: _shaped(name, frame).lazy() for name, frame in drawn_frames.items()})


def whole(days: Days) -> tuple[datetime, datetime]:
    """The moments between which ``days`` lie."""
    return _start(days.since), _start(days.until)


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _shaped(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select([pl.col(column).cast(dtype) for column, dtype in DATASETS[name].schema.items()])


def way(backfill: str = "backfill") -> pl.Expr:
    """`backfill` where the row names one."""
    return pl.when(pl.col(backfill).is_null()).then(pl.lit("live")).otherwise(pl.lit("backfill")).alias("way")


def _cuts(rows: Rows) -> pl.DataFrame:
    """What each meeting is cut by."""
    extracted = rows["steps"].filter(pl.col("stage") == Stage.EXTRACTED.value)
    newest = extracted.unique("meeting_id", keep="last", maintain_order=True).select("meeting_id", "extractor", "model")
    named = rows["meetings"].select("meeting_id", "kind", way(), "received_at").join(newest, "meeting_id", "left")
    return named.with_columns(pl.col("kind", "extractor", "model").fill_null(NONE))


def _meetings(rows: Rows, cuts: pl.DataFrame) -> pl.DataFrame:
    moves = rows["transitions"].filter(_changed())
    received, got = pl.col("after") == MeetingState.RECEIVED.value, pl.col("after").is_in(THROUGH)
    newest = moves.group_by("meeting_id").agg(
        pl.col("at").filter(received).max().alias("seen_at"), pl.col("at").filter(got).max().alias("got_at")
    )
    return (
        rows["meetings"]
        .drop("kind", "received_at")
        .join(cuts, "meeting_id")
        .join(newest, "meeting_id", "left")
        .with_columns(
            pl.col("received_at").dt.date().alias("day"),
            pl.col("attempts").alias("walks"),
            pl.col("seen_at").fill_null(pl.col("received_at")),
        )
        .with_columns((pl.col("got_at") >= pl.col("seen_at")).fill_null(False).alias("through"))
    )


def _seen(rows: Rows, times: pl.DataFrame, at: str) -> pl.DataFrame:
    """``times`` with ``seen_at``: when the revision it belongs to was received. A meeting's rows keep their order."""
    received = rows["transitions"].filter(pl.col("after") == MeetingState.RECEIVED.value, _changed())
    seen = received.select("meeting_id", pl.col("at").alias("seen_at")).sort("seen_at")
    ordered = times.with_row_index("_order").sort(at, "_order")
    joined = ordered.join_asof(seen, left_on=at, right_on="seen_at", by="meeting_id", check_sortedness=False)
    return joined.sort("_order").drop("_order").with_columns(
        ((pl.col(at) - pl.col("seen_at")).dt.total_microseconds() / 1e6).alias("seconds")
    )  # fmt: skip


def _changed() -> pl.Expr:
    return pl.col("before").ne_missing(pl.col("after"))


def _ends(rows: Rows, cuts: pl.DataFrame) -> pl.DataFrame:
    ended = rows["transitions"].filter(pl.col("after").is_in(ALL_ENDS), _changed())
    timed = _seen(rows, ended, "at").with_columns(pl.col("after").is_in(THROUGH).alias("got"))
    first = pl.col("got") & (pl.col("got").cast(pl.Int64).cum_sum().over("meeting_id", "seen_at") == 1)
    return timed.join(cuts, "meeting_id").with_columns(
        pl.col("at").dt.date().alias("day"), pl.col("after").alias("state"), first.alias("through")
    )


def _troubles(rows: Rows, cuts: pl.DataFrame) -> pl.DataFrame:
    moves = rows["transitions"].filter(pl.col("after").is_in([*_TROUBLE, *THROUGH]))
    recovers = pl.col("after").is_in(THROUGH)
    # A recovery closes the stretch it belongs to; the next row opens another one.
    stretch = recovers.cast(pl.Int64).cum_sum().over("meeting_id") - recovers.cast(pl.Int64)
    trouble = pl.col("after").is_in(_TROUBLE)
    found = (
        moves.with_columns(stretch.alias("stretch"))
        .group_by("meeting_id", "stretch", maintain_order=True)
        .agg(
            pl.col("at").filter(trouble).first().alias("began_at"),
            pl.col("failure_class").filter(trouble).first(),
            pl.col("at").filter(recovers).first().alias("recovered_at"),
            (pl.col("after") == MeetingState.DEFERRED.value).sum().alias("deferrals"),
            (pl.col("after") == MeetingState.FAILED.value).sum().alias("failures"),
        )
        .filter(pl.col("began_at").is_not_null())
    )
    return found.join(cuts, "meeting_id").with_columns(
        pl.col("began_at").dt.date().alias("day"),
        ((pl.col("recovered_at") - pl.col("began_at")).dt.total_microseconds() / 1e6).alias("seconds"),
    )


def _steps(rows: Rows, cuts: pl.DataFrame) -> pl.DataFrame:
    timed = _seen(rows, rows["steps"].drop("extractor", "model"), "created_at")
    first = pl.int_range(pl.len()).over("meeting_id", "stage", "seen_at") == 0
    return timed.join(cuts, "meeting_id").with_columns(
        pl.col("created_at").dt.date().alias("day"),
        pl.col("created_at").alias("at"),
        pl.col("duration_seconds").alias("work_seconds"),
        pl.col("attempts").alias("tries"),
        first.alias("first"),
    )


def _calls(rows: Rows, cuts: pl.DataFrame) -> pl.DataFrame:
    return rows["calls"].join(cuts.drop("model"), "meeting_id").with_columns(
        pl.col("started_at").dt.date().alias("day"),
        pl.col("started_at").alias("at"),
        pl.col("duration_seconds").alias("seconds"),
        pl.col("attempts").alias("tries"),
    )  # fmt: skip


def _interventions(rows: Rows) -> pl.DataFrame:
    return rows["interventions"].with_columns(
        pl.col("at").dt.date().alias("day"), pl.col("kind").fill_null(NONE), way()
    )


assert set(CUTS) == {"kind", "way", "extractor", "model"}, "_cuts makes exactly these"
