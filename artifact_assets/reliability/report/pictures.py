"""Which numbers go into which chart of the report.

What belongs here: series and their labels. What does not: drawing (see ``charts``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from artifact_assets.domain.objectives import Measure
from artifact_assets.domain.states import MeetingState as S
from artifact_assets.reliability.metric import ALL
from artifact_assets.reliability.report import charts
from artifact_assets.reliability.report.charts import ACCENT, BAD, GOOD, HELD, PALE, WAIT
from artifact_assets.reliability.report.gathering import Report

Picture = tuple[str, str | None]
"""A heading and its SVG; None where there is nothing to draw."""
_ENDS = {
    "delivered": (GOOD, (S.DELIVERED, S.EXPIRED)),
    "partly, or for review": (PALE, (S.PARTIALLY_DELIVERED, S.AWAITING_REVIEW)),
    "withheld": (HELD, (S.QUARANTINED,)),
    "failed": (BAD, (S.FAILED,)),
}
_STATES = {"open": BAD, "tripped": BAD, "parked": WAIT, "paused": HELD, "probing": PALE, "recovering": PALE}


def outcomes_chart(report: Report) -> Picture:
    """Ends of meetings by day."""
    days = report.span.days
    counted: dict[str, tuple[str, list[float | None]]] = {}
    for label, (colour, states) in _ENDS.items():
        rows = report.outcomes.filter(pl.col("state").is_in([state.value for state in states]))
        by_day = dict(rows.group_by("day").agg(pl.col("count").sum()).iter_rows())
        if by_day:
            counted[label] = (colour, [by_day.get(day) for day in days])
    title = "Meetings a day, by how they ended"
    return title, charts.stacked_days(days, counted, title) if counted else None


def freshness_chart(report: Report) -> Picture:
    """Time from file to confirmed by day."""
    title = "From file to confirmed"
    series = {
        "half within": (ACCENT, report.series("freshness", "p50")),
        "95 of 100 within": (WAIT, report.series("freshness", "p95")),
    }
    return title, charts.lines(report.span.days, series, title, seconds=True) if _any(series) else None


def completion_chart(report: Report) -> str | None:
    """Completion against its objective, where one is promised."""
    values = report.series("completion")
    promised = [b.objective for b in report.budgets if b.objective.measures is Measure.COMPLETION]
    if not promised or not any(value is not None for value in values):
        return None
    return charts.shares(report.span.days, values, promised[0].objective, "Share of meetings that got through, by day")


def stages_chart(report: Report) -> str | None:
    """Work of the stages, slowest first."""
    rows = sorted(((name, p50, p95) for name, p50, p95, _, _ in report.stages), key=lambda row: -row[2])
    return charts.bars(rows, "Work of each stage") if rows else None


def history_chart(report: Report) -> str | None:
    """When dependencies were not as usual."""
    if not report.history:
        return None
    until = report.made_at
    begin = min([begun for spans in report.history.values() for begun, _, _ in spans], default=until)
    start = until.replace(year=report.span.since.year, month=report.span.since.month, day=report.span.since.day)
    since = min(begin, start.replace(hour=0, minute=0, second=0, microsecond=0))
    return charts.timeline(report.history, since, until, _STATES, "When dependencies were not as usual")


def writes_chart(report: Report) -> Picture:
    """Confirmed and refused writes by day."""
    title = "Writes a day"
    good = report.series("write_success", ALL, "numerator")
    whole = report.series("write_success", ALL, "denominator")
    bad = [None if a is None or b is None else a - b for a, b in zip(whole, good, strict=True)]
    series = {"confirmed": (GOOD, good), "given up": (BAD, bad)}
    return title, charts.stacked_days(report.span.days, series, title) if _any(series) else None


def retries_charts(report: Report) -> tuple[Picture, Picture]:
    """Both histograms."""
    return (
        ("Runs per meeting", _buckets(report, "meeting_retries", "Runs per meeting")),
        ("Sends per write", _buckets(report, "write_retries", "Sends per write")),
    )


def cost_chart(report: Report) -> Picture:
    """US dollars a day."""
    title = "US dollars a day"
    series = {"cost": (ACCENT, report.series("cost", ALL, "numerator"))}
    return title, charts.stacked_days(report.span.days, series, title) if _any(series) else None


def _buckets(report: Report, metric: str, label: str) -> str | None:
    rows = report.daily.filter(pl.col("metric") == metric).group_by("part").agg(pl.col("numerator").sum()).sort("part")
    whole = float(rows["numerator"].sum())
    return charts.histogram([(part, count / whole) for part, count in rows.iter_rows()], label) if whole else None


def _any(series: Mapping[str, tuple[str, Sequence[float | None]]]) -> bool:
    return any(value is not None for _, values in series.values() for value in values)
