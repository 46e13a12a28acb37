"""The pieces of the report's page: cards and tables.

What belongs here: HTML of values. What does not: the page's order (see ``page``) and choosing values (see ``gathering``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from typing import Any

from artifact_assets.domain.conditions import COMMAND
from artifact_assets.reliability.burning import Budget
from artifact_assets.reliability.metric import Metric, Unit
from artifact_assets.reliability.report.charts import duration
from artifact_assets.reliability.report.gathering import Change, Report
from artifact_assets.reliability.report.pictures import Picture
from artifact_assets.reliability.telling import condition_of

Cell = tuple[str, bool]
"""HTML, and whether it is a number."""
LOW = 0.25


def verdict(report: Report) -> str:
    """One sentence for whoever reads no further."""
    missed = [budget.objective.name for budget in report.budgets if not budget.kept]
    counted = sum(budget.events > 0 for budget in report.budgets)
    totals = report.totals
    told = (
        f"Outside {len(missed)} of {len(report.budgets)} objectives: {escape(', '.join(missed))}."
        if missed
        else f"Inside all {len(report.budgets)} objectives."
        if counted
        else "Nothing happened that an objective counts."
    )
    safe = "no replay changed a record needlessly" if not totals["repeated"] else (
        f"{totals['repeated']:.0f} records were written again needlessly, which must not happen"
    )  # fmt: skip
    return (
        f'<div class="verdict {"bad" if missed or totals["repeated"] else "good"}"><strong>{told}</strong>'
        f"<p>{totals['received']:,.0f} meetings received, {totals['ended']:,.0f} brought to an end, "
        f"{totals['failed']:,.0f} failed, {totals['written']:,.0f} writes confirmed; {safe}.</p></div>"
    )


def alerts(report: Report) -> str:
    """What burns right now."""
    told: list[str] = []
    for burning in report.burning:
        condition = condition_of(burning)
        told.append(
            f'<div class="card alert {burning.rule.severity}"><strong>{escape(condition.title.capitalize())}</strong>'
            f"<p>{escape(condition.cause)} Since {_time(condition.since)}.</p>"
            f"<p class=small>For example <code>{escape(condition.example_meeting or '')}</code>, then "
            f"<code>{escape(condition.next_command or '')}</code></p></div>"
        )
    return "".join(told)


def objectives(report: Report) -> str:
    """A card for each promise."""
    return f'<div class="grid">{"".join(_objective(budget) for budget in report.budgets)}</div>'


def _objective(budget: Budget) -> str:
    objective, share, left = budget.objective, budget.share, budget.left
    name = escape(objective.name.replace("_", " "))
    if share is None or left is None:
        empty = '<div class="big soft">–</div><p class=small>nothing to count</p>'
        return f"<div class=card><div class=name>{name}</div>{empty}</div>"
    shown = max(0.0, min(left, 1.0))
    state = "good" if budget.kept else "bad"
    within = f" within {duration(objective.within_minutes * 60)}" if objective.within_minutes else ""
    return (
        f'<div class=card><div class=name>{name}</div><div class="big {state}">{share:.2%}</div>'
        f'<div class=meter><i class="{"low" if left < LOW else ""}" style="width:{shown:.1%}"></i></div>'
        f"<div class=small>{_left(left)}</div>"
        f"<div class=small>promised {objective.objective * 100:.5g}%{within} over {objective.window_days} days; "
        f"{budget.bad:,} bad of {budget.events:,}</div></div>"
    )


def _left(left: float) -> str:
    return f"{left:.0%} of the error budget left" if left >= 0 else f"error budget used {1 - left:.3g} times over"


def changes(report: Report) -> str:
    """The headline numbers beside those before."""
    if not report.changes:
        return "<p class=none>Nothing was counted.</p>"
    return f'<div class="grid">{"".join(_change(change) for change in report.changes)}</div>'


def _change(change: Change) -> str:
    word = {True: "better", False: "worse", None: "no clear change"}[change.better]
    state = {True: "good", False: "bad", None: "soft"}[change.better]
    before = amount(change.metric, change.before)
    part = f" ({_percentile(change.part)})" if change.part != "all" else ""
    return (
        f"<div class=card><div class=name>{escape(change.metric.title)}{part}</div>"
        f'<div class=big>{amount(change.metric, change.now)}</div>'
        f'<div class="small"><span class="{state}">{word}</span> · before {before}</div></div>'
    )  # fmt: skip


def failures(report: Report) -> str:
    """Failure classes with remedies."""
    rows = [
        [
            _text(f"<code>{escape(row.name)}</code>"), _number(f"{row.failed:,}"), _number(f"{row.troubles:,}"),
            _number(f'<span class="{"bad" if row.open else ""}">{row.open:,}</span>'),
            _number(duration(row.mean_seconds) if row.mean_seconds is not None else "–"),
            _number(_time(row.last)), _text(escape(row.remedy)),
        ]
        for row in report.failures
    ]  # fmt: skip
    columns = ["class", "#ended in it", "#troubles", "#not over", "#mean recovery", "#last", "what to do"]
    more = f"<p class=small>List them: <code>{COMMAND} meetings --failure-class CLASS</code></p>"
    return card("", table(columns, rows, "No meeting failed or was put off.") + (more if rows else ""))


def stages(report: Report, chart: str | None) -> str:
    """Times of each stage."""
    rows = [
        [_text(name), _number(duration(p50)), _number(duration(p95)), _number(duration(p99)), _number(f"{count:,}")]
        for name, p50, p95, p99, count in report.stages
    ]
    told = table(["stage", "#half within", "#95 of 100", "#99 of 100", "#results"], rows, "No stage has worked.")
    return f'<div class="two">{card("", chart or "")}{card("", told)}</div>' if chart else card("", told)


def dependencies(report: Report, chart: str | None) -> str:
    """What is degraded now, and when it was."""
    rows = [
        [_text(escape(one.name)), _text(escape(one.state)), _number(_time(one.since)), _number(_time(one.next_attempt_at)),
         _text(escape(one.cause or ""))]
        for one in report.degraded
    ]  # fmt: skip
    columns = ["dependency", "state", "#since", "#next attempt", "cause"]
    now = card("Now", table(columns, rows, "Every dependency is as usual."))
    return now + card("Over these days", chart or "<p class=none>Nothing was degraded.</p>", full=True)


def destinations(report: Report, chart: Picture) -> str:
    """Each destination's writes."""
    rows = [
        [_text(escape(one["name"])), _number(f"{one['writes']:,}"), _number(_share(one["success"])),
         _number(duration(one["p95"]) if one["p95"] is not None else "–"), _number(_share(one["repaired"]))]
        for one in report.destinations
    ]  # fmt: skip
    columns = ["destination", "#writes ended", "#landed", "#95 of 100 within", "#repaired by hand"]
    told = card("Destinations", table(columns, rows, "Nothing was written."))
    return (
        f'<div class="two full">{told}{card(chart[0], chart[1])}</div>' if chart[1] else f"<div class=full>{told}</div>"
    )


def long_tail(report: Report) -> str:
    """Rare failures and the longest waits."""
    rare = [
        [_text(f"<code>{escape(one['failure_class'])}</code>"), _number(str(one["count"])),
         _text(f"<code>{escape(one['meeting_id'])}</code>"), _number(_time(one["began_at"]))]
        for one in report.rare
    ]  # fmt: skip
    waits = [
        [_text(f"<code>{escape(one['meeting_id'])}</code>"), _text(escape(one["state"])),
         _text(escape(one["failure_class"] or "")), _number(duration(one["waits"]))]
        for one in report.oldest
    ]  # fmt: skip
    seldom = card(
        "Failure classes met three times or less", table(["class", "#times", "newest", "#when"], rare, "None.")
    )
    longest = card("Waiting longest now", table(["meeting", "state", "because of", "#for"], waits, "No meeting waits."))
    return f'<div class="two">{seldom}{longest}</div>'


def people(report: Report) -> str:
    """Interventions and repairs."""
    rows = [[_text(escape(action)), _number(f"{count:,}")] for action, count in report.interventions]
    repaired = next((c for c in report.changes if c.metric.name == "manual_repair"), None)
    told = ""
    if repaired is not None and repaired.now is not None:
        share = _share(repaired.now)
        told = (
            f"<p class=small>{share} of the items delivered were edited or deleted by people within 14 days, as far as "
            "that was noticed.</p>"
        )
    return card("", table(["what", "#times"], rows, "Nobody had to do anything.") + told)


def models(report: Report, chart: Picture) -> str:
    """Cost and validity by model."""
    rows = [
        [_text(escape(one["model"])), _number(_dollars(one["dollars"])), _number(_dollars(one["per_meeting"])),
         _number(_share(one["valid"])), _number(f"{one['tokens']:,.0f}" if one["tokens"] is not None else "–")]
        for one in report.costs
    ]  # fmt: skip
    columns = ["model", "#cost", "#per meeting", "#usable answers", "#tokens a meeting"]
    told = card("", table(columns, rows, "No model was called."))
    return f'<div class="two">{told}{card(chart[0], chart[1])}</div>' if chart[1] else told


def pair(*pictures: Picture) -> str:
    """Charts side by side where there is room."""
    return f'<div class="two">{"".join(card(title, drawn) for title, drawn in pictures)}</div>'


def card(title: str, body: str | None, *, full: bool = False) -> str:
    """A box with a heading."""
    heading = f"<h3>{escape(title)}</h3>" if title else ""
    told = body or "<p class=none>Nothing to show for these days.</p>"
    return f'<div class="card{" full" if full else ""}">{heading}{told}</div>'


def table(columns: Sequence[str], rows: Iterable[Sequence[Cell]], empty: str) -> str:
    """A table; a column whose name begins with # holds numbers. On a phone each row becomes a small list."""
    listed = list(rows)
    if not listed:
        return f"<p class=none>{escape(empty)}</p>"
    names = [column.removeprefix("#") for column in columns]
    head = "".join(
        f'<th class="{"n" if column.startswith("#") else ""}">{escape(name)}</th>'
        for column, name in zip(columns, names, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td class="{"n" if number else ""}" data-of="{escape(name)}">{html}</td>'
            for name, (html, number) in zip(names, row, strict=True)
        )
        + "</tr>"
        for row in listed
    )
    return f"<div class=scroll><table class=stack><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def amount(metric: Metric, value: float | None) -> str:
    """A metric's value as people read it."""
    if value is None:
        return "–"
    match metric.unit:
        case Unit.SHARE:
            return _share(value)
        case Unit.SECONDS:
            return duration(value)
        case Unit.DOLLARS:
            return _dollars(value)
        case Unit.COUNT:
            return f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def _percentile(part: str) -> str:
    return {"p50": "half within", "p95": "95 of 100 within", "p99": "99 of 100 within"}.get(part, part)


def _share(value: Any) -> str:
    return f"{value:.1%}" if value is not None else "–"


def _dollars(value: Any) -> str:
    if value is None:
        return "–"
    return f"${value:,.2f}" if value >= 1 else f"${value:.4f}"


def _time(moment: datetime | None) -> str:
    return f"{moment:%d %b %H:%M}" if moment is not None else "–"


def _text(html: str) -> Cell:
    return html, False


def _number(html: str) -> Cell:
    return html, True
