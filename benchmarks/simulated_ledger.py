"""Months of a ledger's rows by chance from a seed, with incidents planted in them.

What belongs here: usual days, and what each kind of incident does to them. What does not: looking for incidents (see
``anomalies_bench``). Imports nothing of what looks for them.

Rows have the shapes in which the ledger is read for counting, so that the same drawing runs over them as in production.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from artifact_assets.reliability.raw import SHAPES, Rows

START = datetime(2026, 1, 5, tzinfo=UTC)
"""A Monday."""
HOUR_WEIGHTS = np.array([0.2, 0.1, 0.1, 0.1, 0.1, 0.3, 0.8, 2, 5, 8, 9, 9, 7, 8, 9, 9, 8, 7, 5, 4, 3, 2, 1, 0.5])
WEEKEND = 0.15
KINDS = ("sales", "interview", "internal", "support")
DESTINATIONS = ("hubspot", "salesforce", "greenhouse")
OPERATIONS = ("create_task", "add_note", "set_field")
USUAL_STOPS = {
    "unreadable_input": 0.003,
    "model_timeout": 0.004,
    "destination_unavailable": 0.004,
    "model_refused": 0.0006,
}
USUAL_REFUSALS = {"destination_rejected": 0.004, "destination_conflict": 0.003}
USUAL_DISCARDED, USUAL_FAILED_CALLS = 0.005, 0.004


@dataclass(frozen=True)
class Incident:
    """Something that goes wrong from ``begins`` on, for ``hours``. ``where`` is a destination, where it has one."""

    sort: str
    begins: datetime
    hours: float
    where: str = ""

    @property
    def ends(self) -> datetime:
        """When it is over."""
        return self.begins + timedelta(hours=self.hours)


Mask = npt.NDArray[np.bool_]


@dataclass
class _Days:
    """Arrivals and the chance behind everything."""

    chance: np.random.Generator
    at: npt.NDArray[np.float64]
    incidents: Sequence[Incident]

    def during(self, sort: str, where: str = "") -> Mask:
        """Which meetings arrive during incidents of this sort."""
        found = np.zeros(len(self.at), dtype=bool)
        for incident in self.incidents:
            if incident.sort == sort and incident.where == where:
                found |= self.inside(incident)
        return found

    def inside(self, incident: Incident) -> Mask:
        """Which meetings arrive during one incident."""
        begins = (incident.begins - START).total_seconds()
        return (self.at >= begins) & (self.at < begins + incident.hours * 3600)

    def happens(self, rate: npt.NDArray[np.float64] | float) -> Mask:
        """By chance, for each meeting."""
        return self.chance.random(len(self.at)) < rate


def simulated(days: int, a_day: int, incidents: Sequence[Incident] = (), seed: int = 1) -> Rows:
    """The rows of ``days`` with about ``a_day`` meetings each, with weekly rhythm and days that differ."""
    chance = np.random.default_rng(seed)
    at = _arrivals(chance, days, a_day)
    here = _Days(chance, at, incidents)
    silent = here.during("silence")
    at = at[~silent]
    here = _Days(chance, at, incidents)
    names = np.array([f"m{number:06d}" for number in range(len(at))])
    daily = chance.gamma(25, 1 / 25, days + 1)[(at // 86_400).astype(int)]
    stops = _stops(here, daily)
    frames: dict[str, pl.DataFrame] = {}
    frames.update(_calls(here, names, daily))
    frames.update(_walks(here, names, stops))
    frames.update(_writes(here, names, daily))
    for name, shape in SHAPES.items():
        frames.setdefault(str(getattr(name, "value", name)), pl.DataFrame(schema=dict(shape)))
    return Rows({name: _shaped(name, frame) for name, frame in frames.items()})


def _arrivals(chance: np.random.Generator, days: int, a_day: int) -> npt.NDArray[np.float64]:
    times: list[npt.NDArray[np.float64]] = []
    share = HOUR_WEIGHTS / HOUR_WEIGHTS.sum()
    for day in range(days):
        weekend = (START + timedelta(days=day)).weekday() >= 5
        volume = a_day * (WEEKEND if weekend else 1.34) * chance.gamma(60, 1 / 60)
        for hour, part in enumerate(share):
            number = int(chance.poisson(volume * float(part)))
            times.append((day * 24 + hour + chance.random(number)) * 3600)
    return np.sort(np.concatenate(times))


def _stops(here: _Days, daily: npt.NDArray[np.float64]) -> npt.NDArray[np.str_]:
    """The failure class each meeting stops with first, empty for most."""
    stops = np.full(len(here.at), "", dtype="U40")
    for name, rate in USUAL_STOPS.items():
        stops[here.happens(rate * daily)] = name
    for incident in here.incidents:
        inside = here.inside(incident)
        if incident.sort == "slow_rise":
            progress = (here.at - (incident.begins - START).total_seconds()) / (incident.hours * 3600)
            stops[inside & here.happens(0.06 * np.clip(progress, 0, 1))] = incident.where
        elif incident.sort == "new_error":
            stops[inside & here.happens(0.01)] = "internal_error"
        elif incident.sort == "stuck":
            stops[inside & here.happens(0.08)] = "destination_unauthorized"
    return stops


def _walks(here: _Days, names: Any, stops: Any) -> Mapping[str, pl.DataFrame]:
    """Meetings, transitions and steps."""
    chance, count = here.chance, len(here.at)
    skewed = here.during("clock_skew") & (chance.random(count) < 0.3)
    shift = np.where(skewed, -3 * 3600.0, 0.0)
    work = {
        "transcript": chance.lognormal(-3, 0.4, count), "normalized": chance.lognormal(-2, 0.5, count),
        "extracted": chance.lognormal(2.3, 0.5, count), "validated": chance.lognormal(-1, 0.5, count),
        "delivered": chance.lognormal(0.5, 0.5, count),
    }  # fmt: skip
    waits = np.where(stops == "", 0.0, chance.gamma(2, 900, count))
    fatal = np.isin(stops, ["unreadable_input", "model_refused", "internal_error"])
    stuck = here.during("stuck") & (stops == "destination_unauthorized")
    waits = np.where(stuck, 72 * 3600.0, waits)
    moments, clock = {}, here.at + shift + chance.exponential(4, count)
    for stage, seconds in work.items():
        clock = clock + seconds + (waits if stage == "extracted" else 0.0)
        moments[stage] = clock
    began = here.at + shift + 5 + work["transcript"]
    rows = [_moves(names, "", "received", here.at, "")]
    stopped = stops != ""
    ends = np.where(fatal, "failed", "deferred")
    rows.append(_moves(names[stopped], "normalized", ends[stopped], began[stopped], stops[stopped]))
    through = ~fatal
    rows.append(_moves(names[through], "validated", "delivered", moments["delivered"][through], ""))
    steps = [
        pl.DataFrame({
            "meeting_id": names[through], "stage": stage, "created_at": _time(moments[stage][through]),
            "duration_seconds": work[stage][through], "attempts": 1, "extractor": "model", "model": "gpt-5-mini",
        })
        for stage in work
    ]  # fmt: skip
    items = chance.poisson(3.2, count) + 1
    meetings = pl.DataFrame({
        "meeting_id": names, "kind": chance.choice(KINDS, count), "state": np.where(fatal, "failed", "delivered"),
        "failure_class": stops, "received_at": _time(here.at), "updated_at": _time(moments["delivered"]),
        "attempts": 1 + stopped.astype(int), "items": items, "quarantined": chance.binomial(items, 0.06),
        "delivered": items,
    })  # fmt: skip
    transitions = pl.concat(rows).sort("at", maintain_order=True)
    return {"meetings": meetings, "transitions": transitions, "steps": pl.concat(steps)}


def _moves(names: Any, before: str, after: Any, at: Any, failure: Any) -> pl.DataFrame:
    return pl.DataFrame({
        "meeting_id": names, "before": before, "after": after, "at": _time(at), "run_id": "r", "failure_class": failure,
    })  # fmt: skip


def _calls(here: _Days, names: Any, daily: Any) -> Mapping[str, pl.DataFrame]:
    chance, count = here.chance, len(here.at)
    discarded = here.happens(USUAL_DISCARDED * daily) | (here.during("validity_drop") & here.happens(0.05))
    failed = here.happens(USUAL_FAILED_CALLS * daily) & ~discarded
    dearer = np.where(here.during("cost_jump"), 1.7, 1.0)
    tokens = chance.lognormal(8.9, 0.45, count) * dearer
    out = chance.lognormal(6, 0.4, count) * dearer
    version = np.full(count, "7", dtype="U10")
    for number, incident in enumerate(i for i in here.incidents if i.sort == "validity_drop"):
        version[here.inside(incident)] = f"8.{number}"
    outcome = np.where(discarded, "discarded", np.where(failed, "failed", "answered"))
    why = np.where(discarded, "model_output_invalid", np.where(failed, "model_unavailable", ""))
    calls = pl.DataFrame({
        "meeting_id": names, "model": np.full(count, "gpt-5-mini"), "outcome": outcome, "failure_class": why,
        "started_at": _time(here.at + 5), "duration_seconds": chance.lognormal(2.2, 0.5, count), "attempts": 1,
        "input_tokens": tokens.astype(int), "output_tokens": out.astype(int),
        "cost": tokens * 2.5e-7 + out * 2e-6, "prompt_version": version,
    })  # fmt: skip
    return {"calls": calls}


def _writes(here: _Days, names: Any, daily: Any) -> Mapping[str, pl.DataFrame]:
    chance, count = here.chance, len(here.at)
    intents, attempts = list[pl.DataFrame](), list[pl.DataFrame]()
    destinations = chance.choice(DESTINATIONS, count)
    for number in range(3):
        operation = chance.choice(OPERATIONS, count)
        why = np.full(count, "", dtype="U40")
        for name, rate in USUAL_REFUSALS.items():
            why[here.happens(rate * daily)] = name
        for incident in here.incidents:
            inside = here.inside(incident)
            if incident.sort == "burst":
                why[inside & (destinations == incident.where) & here.happens(0.5)] = "destination_rate_limited"
            elif incident.sort == "one_destination":
                why[inside & (destinations == incident.where) & here.happens(0.08)] = "destination_rejected"
            elif incident.sort == "renamed_field":
                there = inside & (destinations == incident.where) & (operation == "set_field")
                why[there] = "destination_rejected"
        ended = here.at + 30 + chance.exponential(5, count)
        keys = np.char.add(names, f"-{number}")
        intents.append(pl.DataFrame({
            "meeting_id": names, "intent_key": keys, "record_key": keys, "item_id": keys, "destination": destinations,
            "operation": operation, "state": np.where(why == "", "confirmed", "rejected"), "failure_class": why,
            "attempts": 1, "created_at": _time(here.at + 25), "updated_at": _time(ended),
        }))  # fmt: skip
        attempts.append(pl.DataFrame({
            "intent_key": keys, "record_key": keys, "meeting_id": names, "outcome": np.where(why == "", "accepted", why),
            "started_at": _time(ended - 1), "ended_at": _time(ended),
        }))  # fmt: skip
    return {"intents": pl.concat(intents), "attempts": pl.concat(attempts)}


def _time(seconds: Any) -> pl.Series:
    start = int(START.timestamp() * 1e6)
    return (
        pl.Series((np.asarray(seconds) * 1e6).astype(np.int64) + start)
        .cast(pl.Datetime("us"))
        .dt.replace_time_zone("UTC")
    )


def _shaped(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    shape = next(shape for key, shape in SHAPES.items() if str(getattr(key, "value", key)) == name)
    texts = [column for column in frame.columns if frame[column].dtype == pl.String]
    filled = frame.with_columns(
        *(pl.when(pl.col(t) == "").then(None).otherwise(pl.col(t)).alias(t) for t in texts),
        *(pl.lit(None).alias(column) for column in shape if column not in frame.columns),
    )
    return filled.select([pl.col(column).cast(dtype) for column, dtype in shape.items()])
