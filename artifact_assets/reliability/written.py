"""Drawing facts about writes and items from the ledger's rows.

What belongs here: what became of each write, what was written twice, what people changed afterwards. What does not:
meetings (see ``drawing``), and counting.
"""

from __future__ import annotations

import polars as pl

from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.states import OPEN_INTENTS, IntentState
from artifact_assets.reliability.raw import Rows

LANDED = ["accepted", "found", "adopted", "by hand: landed"]
"""Outcomes of attempts after which the content is at the destination."""
_ACCEPTED = "accepted"
_NOT_SENT = ["found", "not_found", "look_up_failed", "waits", "by hand: landed", "by hand: again", "by hand: drop"]
"""Attempts that sent nothing: look-ups, and a person's word."""
REPAIRS = {"edited": "edited", "gone": "deleted"}
"""What a destination's conflict tells of a person's doing, by code."""
WITHDRAW = "withdraw_"


def writes_of(rows: Rows, cuts: pl.DataFrame) -> pl.DataFrame:
    """The frame of ``datasets.WRITES``."""
    tried = _tried(rows["attempts"])
    open_states = [state.value for state in OPEN_INTENTS] + [IntentState.AWAITING_REVIEW.value]
    confirmed = pl.col("landed_at").is_not_null() | (pl.col("state") == IntentState.CONFIRMED.value)
    ended = (
        pl.when(pl.col("landed_at").is_not_null())
        .then(pl.col("landed_at"))
        .when(pl.col("state").is_in(open_states))
        .then(None)
        .otherwise(pl.col("updated_at"))
    )
    return (
        rows["intents"]
        .join(tried, "intent_key", "left")
        .join(_repeats(rows["attempts"]), "intent_key", "left")
        .join(_repairs(rows), "intent_key", "left")
        .join(cuts, "meeting_id")
        .with_columns(
            confirmed.alias("confirmed"),
            ended.alias("ended_at"),
            pl.col("created_at").alias("planned_at"),
            pl.col("sends", "repeated").fill_null(0),
        )
        .with_columns(pl.coalesce("ended_at", "planned_at").dt.date().alias("day"))
        .pipe(_led)
    )


def _led(writes: pl.DataFrame) -> pl.DataFrame:
    """Which write stands for its item at its destination, so that an item of several records counts once."""
    makes = pl.col("confirmed") & ~pl.col("operation").str.starts_with(WITHDRAW)
    item = ["meeting_id", "item_id", "destination"]
    first = pl.int_range(pl.len()).over(*item, "_makes") == 0
    led = writes.with_columns(makes.alias("_makes")).with_columns((pl.col("_makes") & first).alias("leads"))
    repaired = pl.when("leads").then(pl.col("repaired_at").min().over(item)).otherwise(pl.col("repaired_at"))
    return led.with_columns(repaired.alias("repaired_at")).drop("_makes")


def items_of(rows: Rows, cuts: pl.DataFrame, writes: pl.DataFrame) -> pl.DataFrame:
    """The frame of ``datasets.ITEMS``."""
    made = writes.filter(~pl.col("operation").str.starts_with(WITHDRAW), pl.col("confirmed"))
    placed = made.group_by("meeting_id", "item_id").agg(
        pl.col("ended_at").min().alias("delivered_at"), pl.col("repaired_at").min()
    )
    return (
        rows["items"]
        .rename({"kind": "item_kind"})
        .join(placed, ["meeting_id", "item_id"], "left")
        .join(cuts, "meeting_id")
        .with_columns(pl.col("created_at").dt.date().alias("day"))
    )


def _tried(attempts: pl.DataFrame) -> pl.DataFrame:
    landed = pl.col("outcome").is_in(LANDED)
    return attempts.group_by("intent_key").agg(
        (~pl.col("outcome").is_in(_NOT_SENT)).sum().alias("sends"),
        pl.coalesce("ended_at", "started_at").filter(landed).min().alias("landed_at"),
    )


def _repeats(attempts: pl.DataFrame) -> pl.DataFrame:
    """Accepted sends of what was the record's content already: the accepted one before was of the same write."""
    accepted = attempts.filter(pl.col("outcome") == _ACCEPTED)
    before = pl.col("intent_key").shift(1).over("record_key")
    return accepted.filter(before == pl.col("intent_key")).group_by("intent_key").agg(pl.len().alias("repeated"))


def _repairs(rows: Rows) -> pl.DataFrame:
    """What people did to each record, by the write that made it; the first sign counts.

    Signs are conflicts met by a later write to the record, and what reconciliation noticed.
    """
    conflict = FailureClass.DESTINATION_CONFLICT.value
    met = rows["attempts"].filter(pl.col("outcome") == conflict, pl.col("code").is_in(list(REPAIRS)))
    signs = met.select(
        "record_key", pl.col("code").replace_strict(REPAIRS).alias("repair"), pl.col("ended_at").alias("repaired_at")
    )
    noticed = rows["repairs"].join(rows["intents"].select("intent_key", "record_key"), "intent_key")
    seen = noticed.select("record_key", pl.col("what").alias("repair"), pl.col("noticed_at").alias("repaired_at"))
    first = pl.concat([signs, seen]).sort("repaired_at").unique("record_key", keep="first")
    made = rows["intents"].select("intent_key", "record_key")
    return made.join(first, "record_key").drop("record_key")
