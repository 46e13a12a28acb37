"""What is counted with: a few narrow tables drawn from the ledger, each row with what it may be cut by.

What belongs here: names, columns and meanings, as data; docs/metrics.md and the checks of the Parquet export are made from
them. What does not: drawing them from the ledger (see ``facts``) and counting (see ``metrics``). No column holds a word of
a meeting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

TIME = pl.Datetime("us", "UTC")
NONE = "none"
"""Stands for what a row has not: a meeting without a kind, an extraction without a model."""


@dataclass(frozen=True)
class Column:
    """One column. Without a value it is null, where ``nullable``."""

    dtype: Any
    meaning: str
    nullable: bool = False


@dataclass(frozen=True)
class Dataset:
    """One table. ``sentence`` says what a row is."""

    name: str
    sentence: str
    columns: Mapping[str, Column]

    @property
    def schema(self) -> dict[str, Any]:
        """Column names and types, in order."""
        return {name: column.dtype for name, column in self.columns.items()}


CUTS: Mapping[str, Column] = {
    "kind": Column(pl.String, "kind of meeting, `none` without one"),
    "way": Column(pl.String, "`live` or `backfill`"),
    "extractor": Column(pl.String, "who made the newest extraction, `none` before there is one"),
    "model": Column(pl.String, "the language model, `none` without one"),
}
"""What everything about a meeting can be cut by."""
_MEETING = Column(pl.String, "the meeting's id")
_DAY = Column(pl.Date, "UTC day the row counts for")
_CLASS = Column(pl.String, "failure class", nullable=True)


def _about_meetings(name: str, sentence: str, columns: Mapping[str, Column]) -> Dataset:
    return Dataset(name, sentence, {"meeting_id": _MEETING, "day": _DAY, **CUTS, **columns})


MEETINGS = _about_meetings(
    "meetings",
    "One meeting as it stands; it counts for the day its file was first seen.",
    {
        "state": Column(pl.String, "state now"),
        "failure_class": _CLASS,
        "received_at": Column(TIME, "when its file was first seen"),
        "updated_at": Column(TIME, "when its row last changed"),
        "seen_at": Column(TIME, "when its newest revision was first seen"),
        "through": Column(pl.Boolean, "that revision got through all stages"),
        "walks": Column(pl.Int64, "how often a run took it up"),
        "items": Column(pl.Int64, "items found"),
        "quarantined": Column(pl.Int64, "items held back"),
        "delivered": Column(pl.Int64, "items written"),
    },
)
ENDS = _about_meetings(
    "ends",
    "One time a meeting reached an end of its way; a replay that changes its state ends it again.",
    {
        "at": Column(TIME, "when"),
        "state": Column(pl.String, "the end it reached"),
        "failure_class": _CLASS,
        "seconds": Column(pl.Float64, "seconds since the file, or its newest revision, was seen", nullable=True),
        "through": Column(pl.Boolean, "the first time this revision got through all stages"),
    },
)
TROUBLES = _about_meetings(
    "troubles",
    "One stretch from a meeting's first failure or deferral to the end that it got through to.",
    {
        "began_at": Column(TIME, "when it first failed or was put off"),
        "failure_class": _CLASS,
        "recovered_at": Column(TIME, "when it got through, null while it has not", nullable=True),
        "seconds": Column(pl.Float64, "from the one to the other", nullable=True),
        "deferrals": Column(pl.Int64, "times it was put off"),
        "failures": Column(pl.Int64, "times it failed for good"),
    },
)
STEPS = _about_meetings(
    "steps",
    "One result of one stage of one meeting.",
    {
        "stage": Column(pl.String, "the stage"),
        "at": Column(TIME, "when it was stored"),
        "work_seconds": Column(pl.Float64, "how long the stage worked"),
        "seconds": Column(pl.Float64, "seconds since the file was seen", nullable=True),
        "tries": Column(pl.Int64, "tries inside the stage"),
        "first": Column(pl.Boolean, "the first result of this stage for this revision"),
    },
)
WRITES = _about_meetings(
    "writes",
    "One write to a destination, decided on and recorded; it counts for the day it came to its end, or was planned.",
    {
        "item_id": Column(pl.String, "the item it writes"),
        "destination": Column(pl.String, "where to"),
        "operation": Column(pl.String, "what it does there"),
        "state": Column(pl.String, "state now"),
        "failure_class": _CLASS,
        "planned_at": Column(TIME, "when it was decided on"),
        "ended_at": Column(TIME, "when it was confirmed or given up, null while open", nullable=True),
        "confirmed": Column(pl.Boolean, "it was confirmed at least once"),
        "leads": Column(pl.Boolean, "the first confirmed write of its item at its destination"),
        "sends": Column(pl.Int64, "calls that tried to make it"),
        "repeated": Column(pl.Int64, "times it wrote again what was the record's content already"),
        "repair": Column(pl.String, "`edited` or `deleted`: what a person did to the record afterwards", nullable=True),
        "repaired_at": Column(
            TIME, "when that was noticed; of a leading write, for any record of its item", nullable=True
        ),
    },
)
CALLS = _about_meetings(
    "calls",
    "One request to a language model that was answered or given up; its model is the one asked.",
    {
        "at": Column(TIME, "when it began"),
        "outcome": Column(pl.String, "`answered`, `discarded` as unusable, or `failed`"),
        "failure_class": _CLASS,
        "seconds": Column(pl.Float64, "how long it took", nullable=True),
        "tries": Column(pl.Int64, "tries it took"),
        "input_tokens": Column(pl.Int64, "tokens in, null where the provider does not say", nullable=True),
        "output_tokens": Column(pl.Int64, "tokens out", nullable=True),
        "cost": Column(pl.Float64, "US dollars, null without a price", nullable=True),
        "prompt_version": Column(pl.String, "version of the prompt", nullable=True),
    },
)
ITEMS = _about_meetings(
    "items",
    "One item of a meeting, without its words.",
    {
        "item_id": Column(pl.String, "the item's id, the same for ever"),
        "item_kind": Column(pl.String, "action item, decision, field update, tag or next step"),
        "state": Column(pl.String, "where it stands after the rules"),
        "created_at": Column(TIME, "when it was first found"),
        "delivered_at": Column(TIME, "when it was first confirmed at a destination", nullable=True),
        "repaired_at": Column(TIME, "when a person's change or deletion was noticed", nullable=True),
    },
)
INTERVENTIONS = Dataset(
    "interventions",
    "Something a person had to do.",
    {
        "meeting_id": Column(pl.String, "the meeting, null where it concerned none", nullable=True),
        "day": _DAY,
        "kind": CUTS["kind"],
        "way": CUTS["way"],
        "at": Column(TIME, "when"),
        "action": Column(pl.String, "what: `review_approve`, `deliveries again`, `destinations paused` and so on"),
    },
)

ABOUT_MEETINGS = (MEETINGS, ENDS, TROUBLES, STEPS, WRITES, CALLS, ITEMS)
DATASETS: Mapping[str, Dataset] = {dataset.name: dataset for dataset in (*ABOUT_MEETINGS, INTERVENTIONS)}
