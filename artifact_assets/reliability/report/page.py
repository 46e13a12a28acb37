"""The report as one page: for whoever is responsible at the top, for whoever operates it below.

What belongs here: the order of the page. What does not: its pieces (see ``pieces``), what it says (see ``gathering``) and how
charts are drawn.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from artifact_assets.reliability.report import pieces
from artifact_assets.reliability.report.gathering import Report
from artifact_assets.reliability.report.pictures import (
    completion_chart,
    cost_chart,
    freshness_chart,
    history_chart,
    outcomes_chart,
    retries_charts,
    stages_chart,
    writes_chart,
)

_FOOT = (
    "<footer>What each number means, counts and leaves out: docs/metrics.md. Days are UTC. No word of a meeting is on this "
    "page.</footer>"
)
_CSS = Path(__file__).with_name("page.css")


def page(report: Report) -> str:
    """A whole HTML document that needs nothing else: no network, no script."""
    since, until = report.span.days[0], report.span.days[-1]
    title = f"Reliability, {since:%d %b} to {until:%d %b %Y}"
    head = (
        f"<header><h1>Reliability</h1><p>{since:%d %b} to {until:%d %b %Y} · {escape(report.tenant)} · "
        f"made {report.made_at:%d %b %Y, %H:%M} UTC</p></header>"
    )
    body = "".join(
        (
            head,
            pieces.verdict(report),
            pieces.alerts(report),
            pieces.objectives(report),
            "<h2>What got better or worse</h2><p>Against the days before. Only what is more than chance is coloured.</p>",
            pieces.changes(report),
            "<h2>Day by day</h2><p>What became of meetings, and how soon.</p>",
            pieces.pair(outcomes_chart(report), freshness_chart(report)),
            pieces.card("Meetings that got through, against the objective", completion_chart(report), full=True),
            "<hr><h2>Why meetings fail</h2><p>By failure class, with what to do.</p>",
            pieces.failures(report),
            "<h2>Where the time goes</h2><p>The work of each stage, its own retries included.</p>",
            pieces.stages(report, stages_chart(report)),
            "<h2>What we depend on</h2><p>Not as usual now, and when it was.</p>",
            pieces.dependencies(report, history_chart(report)),
            pieces.destinations(report, writes_chart(report)),
            "<h2>The long tail</h2><p>What drowns in rates: rare failures, and who waits longest.</p>",
            pieces.long_tail(report),
            "<h2>Retries</h2><p>Most should take one try.</p>",
            pieces.pair(*retries_charts(report)),
            "<h2>People</h2><p>What somebody had to do, and what they changed afterwards.</p>",
            pieces.people(report),
            "<h2>The model</h2><p>What it cost, and whether its answers could be used.</p>",
            pieces.models(report, cost_chart(report)),
            _FOOT,
        )
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<style>{_CSS.read_text('utf-8')}</style></head><body><main>{body}</main></body></html>\n"
    )
