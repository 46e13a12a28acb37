"""Everything the report says, as plain values.

What belongs here: choosing and comparing what was counted. What does not: counting (see ``metrics``), charts and the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

from artifact_assets.domain.failures import FAILURE_RULES, FailureClass
from artifact_assets.domain.states import MEETING_STATES, STAGES, MeetingState
from artifact_assets.domain.status import Degraded
from artifact_assets.reliability.burning import Budget, Burning
from artifact_assets.reliability.facts import Facts
from artifact_assets.reliability.metric import ALL, Better, Metric, Unit
from artifact_assets.reliability.metrics.registry import METRICS, measure, measured
from artifact_assets.reliability.report.comparing import Span, differ, history_of, moved

HEADLINES = (
    ("completion", ALL), ("freshness", "p50"), ("freshness", "p95"), ("write_success", ALL), ("structured_output", ALL),
    ("manual_repair", ALL), ("interventions", ALL), ("backfill_throughput", ALL), ("cost", ALL),
)  # fmt: skip
"""Metrics and parts that are compared with the time before."""
RARE = 3
OLDEST = 8


@dataclass(frozen=True)
class Change:
    """One metric now and before. ``better`` is None where the difference may be chance, or is neither."""

    metric: Metric
    part: str
    now: float | None
    before: float | None
    counted: float
    better: bool | None


@dataclass(frozen=True)
class FailureRow:
    """A failure class: ends in it, deferrals and failures because of it, and how long it took to get over it."""

    name: str
    failed: int
    troubles: int
    open: int
    mean_seconds: float | None
    last: datetime | None
    remedy: str


@dataclass(frozen=True)
class Report:
    """What the page shows. Frames hold counts by day."""

    tenant: str
    made_at: datetime
    span: Span
    budgets: tuple[Budget, ...]
    burning: tuple[Burning, ...]
    changes: tuple[Change, ...]
    failures: tuple[FailureRow, ...]
    degraded: tuple[Degraded, ...]
    history: Mapping[str, tuple[tuple[datetime, datetime, str], ...]]
    daily: pl.DataFrame
    outcomes: pl.DataFrame
    stages: tuple[tuple[str, float, float, float, int], ...]
    destinations: tuple[Mapping[str, Any], ...]
    interventions: tuple[tuple[str, int], ...]
    costs: tuple[Mapping[str, Any], ...]
    oldest: tuple[Mapping[str, Any], ...]
    rare: tuple[Mapping[str, Any], ...]
    totals: Mapping[str, float] = field(default_factory=dict[str, float])

    def series(self, metric: str, part: str = ALL, column: str = "value") -> list[float | None]:
        """One value a day, None where nothing was counted."""
        rows = self.daily.filter((pl.col("metric") == metric) & (pl.col("part") == part))
        told = dict(zip(rows["day"], rows[column], strict=True))
        return [told.get(day) for day in self.span.days]


def gather(
    facts: Facts,
    span: Span,
    budgets: Sequence[Budget],
    burning: Sequence[Burning],
    degraded: Sequence[Degraded],
    dependency_changes: pl.DataFrame,
    *,
    tenant: str,
    now: datetime,
) -> Report:
    """The report over ``span``."""
    here, before = facts.on(span.since, span.until), facts.on(span.before.since, span.before.until)
    return Report(
        tenant=tenant,
        made_at=now,
        span=span,
        budgets=tuple(budgets),
        burning=tuple(burning),
        changes=tuple(_changes(here, before)),
        failures=tuple(_failures(here)),
        degraded=tuple(degraded),
        history=history_of(dependency_changes, span, now),
        daily=measured(here, ()),
        outcomes=here["ends"].group_by("day", "state").len("count").collect(),
        stages=tuple(_stages(here)),
        destinations=tuple(_destinations(here)),
        interventions=tuple(_counts(here["interventions"], "action")),
        costs=tuple(_costs(here)),
        oldest=tuple(_oldest(facts, now)),
        rare=tuple(_rare(here)),
        totals=_totals(here),
    )


def _changes(here: Facts, before: Facts) -> list[Change]:
    found: list[Change] = []
    for name, part in HEADLINES:
        metric = METRICS[name]
        now, then = _one(here, name, part), _one(before, name, part)
        if now is None and then is None:
            continue
        found.append(
            Change(
                metric, part, now[0] if now else None, then[0] if then else None, now[1] if now else 0.0,
                _better(metric, now, then),
            )
        )  # fmt: skip
    return found


def _one(facts: Facts, name: str, part: str) -> tuple[float, float] | None:
    rows = measure(facts, name).filter((pl.col("part") == part) & pl.col("value").is_not_null())
    return (float(rows["value"][0]), float(rows["denominator"][0])) if rows.height else None


def _better(metric: Metric, now: tuple[float, float] | None, then: tuple[float, float] | None) -> bool | None:
    """Whether the difference is good news, and more than chance or a trifle."""
    if now is None or then is None or metric.better is Better.NEITHER:
        return None
    differs = differ(now, then) if metric.unit is Unit.SHARE else moved(now, then)
    if not differs:
        return None
    return (now[0] > then[0]) is (metric.better is Better.HIGHER)


def _failures(facts: Facts) -> list[FailureRow]:
    failed = (
        facts["ends"].filter(pl.col("failure_class").is_not_null()).group_by("failure_class").len("failed").collect()
    )
    troubles = (
        facts["troubles"]
        .group_by("failure_class")
        .agg(
            pl.len().alias("troubles"),
            pl.col("recovered_at").is_null().sum().alias("open"),
            pl.col("seconds").mean().alias("mean"),
            pl.col("began_at").max().alias("last"),
        )
        .collect()
    )
    joined = troubles.join(failed, "failure_class", "full", coalesce=True).filter(pl.col("failure_class").is_not_null())
    ordered = joined.with_columns(pl.col("failed", "troubles", "open").fill_null(0)).sort(
        ["failed", "troubles", "failure_class"], descending=[True, True, False]
    )
    return [
        FailureRow(
            row["failure_class"], row["failed"], row["troubles"], row["open"], row["mean"], row["last"],
            FAILURE_RULES[FailureClass(row["failure_class"])].remedy,
        )
        for row in ordered.iter_rows(named=True)
    ]  # fmt: skip


def _stages(facts: Facts) -> list[tuple[str, float, float, float, int]]:
    work = {row["part"]: row for row in measure(facts, "stage_work").iter_rows(named=True)}
    found: list[tuple[str, float, float, float, int]] = []
    for stage in STAGES:
        if f"{stage} p50" in work:
            p50, p95, p99 = (float(work[f"{stage} {p}"]["value"]) for p in ("p50", "p95", "p99"))
            found.append((stage.value, p50, p95, p99, int(work[f"{stage} p50"]["denominator"])))
    return found


def _destinations(facts: Facts) -> list[Mapping[str, Any]]:
    """Each destination's writes, success, time and repair."""
    success = measure(facts, "write_success", ["destination"])
    slow = measure(facts, "write_time", ["destination"]).filter(pl.col("part") == "p95")
    repair = measure(facts, "manual_repair", ["destination"])
    late = dict(zip(slow["destination"], slow["value"], strict=True))
    repaired = dict(zip(repair["destination"], repair["value"], strict=True))
    return [
        {
            "name": row["destination"], "writes": int(row["denominator"]), "success": row["value"],
            "p95": late.get(row["destination"]), "repaired": repaired.get(row["destination"]),
        }
        for row in success.sort("denominator", descending=True).iter_rows(named=True)
    ]  # fmt: skip


def _costs(facts: Facts) -> list[Mapping[str, Any]]:
    cost = measure(facts, "cost", ["model"])
    valid = measure(facts, "structured_output", ["model"])
    tokens = measure(facts, "tokens", ["model"])
    share = dict(zip(valid["model"], valid["value"], strict=True))
    each = dict(zip(tokens["model"], tokens["value"], strict=True))
    priced = {row["model"]: row for row in cost.iter_rows(named=True)}
    return [
        {
            "model": model, "dollars": priced.get(model, {}).get("numerator"),
            "per_meeting": priced.get(model, {}).get("value"), "valid": share[model], "tokens": each.get(model),
        }
        for model in sorted(share)
    ]  # fmt: skip


def _oldest(facts: Facts, now: datetime) -> list[Mapping[str, Any]]:
    """Meetings that wait longest, whatever the span."""
    unfinished = [state.value for state, rule in MEETING_STATES.items() if not rule.terminal]
    waiting = facts["meetings"].filter(pl.col("state").is_in(unfinished))
    rows = waiting.select("meeting_id", "state", "failure_class", "seen_at").sort("seen_at").head(OLDEST).collect()
    return [{**row, "waits": (now - row["seen_at"]).total_seconds()} for row in rows.iter_rows(named=True)]


def _rare(facts: Facts) -> list[Mapping[str, Any]]:
    """Failure classes met so seldom that they drown in a rate, each with its newest meeting."""
    rows = (
        facts["troubles"]
        .group_by("failure_class")
        .agg(pl.len().alias("count"), pl.col("meeting_id").last(), pl.col("began_at").max())
        .filter(pl.col("count") <= RARE, pl.col("failure_class").is_not_null())
        .sort("count", "failure_class")
        .collect()
    )
    return list(rows.iter_rows(named=True))


def _counts(frame: pl.LazyFrame, column: str) -> list[tuple[str, int]]:
    rows = frame.group_by(column).len("count").collect().sort(["count", column], descending=[True, False])
    return [(str(name), int(count)) for name, count in rows.iter_rows()]


def _totals(facts: Facts) -> Mapping[str, float]:
    ends = facts["ends"].collect()
    return {
        "received": facts["meetings"].select(pl.len()).collect().item(),
        "ended": ends.height,
        "failed": ends.filter(pl.col("state") == MeetingState.FAILED.value).height,
        "written": facts["writes"].filter(pl.col("confirmed")).select(pl.len()).collect().item(),
        "repeated": facts["writes"].select(pl.col("repeated").sum()).collect().item() or 0,
        "replays": float(measure(facts, "replay_safety")["denominator"].sum()),
    }
