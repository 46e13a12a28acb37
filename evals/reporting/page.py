"""The report of a comparison: one file that a product owner can read, with everything in it.

What belongs here: what the page says and in which order. What does not: numbers, charts, evidence (see beside).
"""

from __future__ import annotations

from html import escape

from evals.comparison import CaseDifference, Comparison
from evals.evaluation import Evaluation
from evals.gate.verdict import regressed
from evals.reporting.charts import difference_chart, groups_chart, kinds_chart
from evals.reporting.evidence import item_block, missed_block
from evals.reporting.style import STYLE
from evals.scoring.metrics import METRICS
from evals.scoring.score import Better
from evals.scoring.summary import figure, grouped
from evals.statistics.bootstrap import Difference, Estimate

MOST_SAID = 8
LUCK = (
    "<p>A bar that crosses the middle line may be luck of these meetings. Red is worse and unlikely to be luck, green is "
    "better and unlikely to be luck.</p>"
)
BADGES = {"worse": '<span class="tag bad">worse</span>', "better": '<span class="tag good">better</span>', "": ""}


def page_of(comparison: Comparison, names: tuple[str, str]) -> str:
    """The whole page. It loads nothing from anywhere."""
    meetings = comparison.dataset.meetings
    groups = (grouped(comparison.a.scores, meetings), grouped(comparison.b.scores, meetings))
    cases = sorted(comparison.cases, key=lambda case: (-len(case.worse), -len(case.better), case.meeting.case.case))
    return "\n".join(
        (
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(names[1])} against {escape(names[0])}</title><style>{STYLE}</style></head><body>",
            f"<h1>{escape(names[1])} (B) against {escape(names[0])} (A)</h1>",
            _systems(comparison),
            "<h2>In short</h2>",
            _short(comparison),
            "<h2>What changed, with what is luck</h2>",
            LUCK,
            difference_chart(comparison),
            "<h2>By kind of item</h2>",
            kinds_chart(comparison),
            "<h2>By area and language</h2>",
            groups_chart(groups),
            "<h2>All figures</h2>",
            _table(comparison),
            f"<h2>The {len(cases)} meetings that differ</h2>",
            "<p>Open one to see what only A or only B would have written, with the words it rests on.</p>",
            *(_case(case) for case in cases),
            "</body></html>",
        )
    )


def _systems(comparison: Comparison) -> str:
    rows = "".join(
        f"<li>{word}: {escape(_system(run))}</li>" for word, run in (("A", comparison.a), ("B", comparison.b))
    )
    same = sorted(comparison.a.scores.keys() & comparison.b.scores.keys())
    held = len(comparison.a.limited) + len(comparison.b.limited)
    note = f" {held} could not be scored because an endpoint failed; that says nothing about quality." if held else ""
    return (
        f'<p class="soft">{len(same)} labelled meetings of {escape(comparison.dataset.name)}, extracted by both and '
        f'delivered nowhere.{note}</p><ul class="said soft">{rows}</ul>'
    )


def _system(run: Evaluation) -> str:
    told = run.manifest.identity
    parts = [run.manifest.system, told.get("model"), f"prompt {told['prompt'][:8]}" if "prompt" in told else None]
    parts += [f"temperature {told['temperature']}" if "temperature" in told else None]
    parts += [f"{run.manifest.repeats} samples a meeting" if run.manifest.repeats > 1 else None]
    return ", ".join(part for part in parts if part)


def _short(comparison: Comparison) -> str:
    moved = comparison.differences
    bad = [_sentence(n, d, "bad") for n, d in moved.items() if regressed(n, d)]
    good = [_sentence(n, d, "good") for n, d in moved.items() if d.significant and _improved(n, d)]
    hard = [
        f'<li class="bad">{escape(METRICS[n].means)}: {d.after * len(comparison.b.scores):.0f}. This must be none.</li>'
        for n, d in moved.items()
        if METRICS[n].hard and d.after
    ]
    ids = comparison.kept_ids
    kept = [] if ids is None else [f"<li>{ids.value:.0f}% of what both find keeps its record when B replaces A.</li>"]
    said = [*hard, *bad[:MOST_SAID], *good[:MOST_SAID]]
    return f'<ul class="said">{"".join(said or ["<li>Nothing changed beyond luck.</li>"])}{"".join(kept)}</ul>'


def _sentence(name: str, difference: Difference, kind: str) -> str:
    metric = METRICS[name]
    unit = " percentage points" if metric.unit == "%" else f" {metric.unit}"
    word = "Worse" if kind == "bad" else "Better"
    return (
        f'<li class="{kind}">{word}: {escape(metric.means)}: {_plain(difference.before)} before, {_plain(difference.after)} '
        f"now ({difference.low:+.1f} to {difference.high:+.1f}{unit}).</li>"
    )


def _improved(name: str, difference: Difference) -> bool:
    better = METRICS[name].better
    return METRICS[name].gated and better is not Better.NEITHER and (difference.low > 0) == (better is Better.HIGHER)


def _table(comparison: Comparison) -> str:
    rows: list[str] = []
    for name, (a, b) in comparison.figures.items():
        metric, moved = METRICS[name], comparison.differences.get(name)
        word, kind = _word(name, moved)
        rows.append(
            f'<tr><td>{escape(metric.means)} <span class="soft">({escape(metric.unit)})</span></td>'
            f'<td class="n">{_figure(a, metric.unit)}</td><td class="n">{_figure(b, metric.unit)}</td>'
            f'<td class="{kind}">{word}</td></tr>'
        )
    head = "<tr><th>figure</th><th>A</th><th>B</th><th></th></tr>"
    return f'<div class="wide"><table>{head}{"".join(rows)}</table></div>'


def _word(name: str, moved: Difference | None) -> tuple[str, str]:
    if moved is None or not moved.delta:
        return "", ""
    if METRICS[name].better is Better.NEITHER or not moved.significant:
        return f"{moved.delta:+.3g}", "soft"
    kind = "good" if (moved.low > 0) == (METRICS[name].better is Better.HIGHER) else "bad"
    return f"{moved.delta:+.3g}, {'better' if kind == 'good' else 'worse'}", kind


def _case(case: CaseDifference) -> str:
    told = case.meeting.case
    badge = BADGES["worse" if case.worse else "better" if case.better else ""]
    about = f"{escape(told.domain)}, {escape(told.language)}"
    about += f"; only A {len(case.only_a)}, only B {len(case.only_b)}, both {case.both}"
    parts = [f'<details><summary><b>{escape(told.case)}</b> {badge} <span class="soft">{about}</span></summary>']
    if told.notes:
        parts.append(f"<p>{escape(told.notes)}</p>")
    for words, kind in ((case.worse, "bad"), (case.better, "good")):
        if any(METRICS[word].gated for word in words):
            listed = ", ".join(METRICS[word].plain for word in words if METRICS[word].gated)
            parts.append(f'<p class="{kind}">{"Worse" if kind == "bad" else "Better"}: {escape(listed)}</p>')
    for title, items in (("Only A delivers", case.only_a), ("Only B delivers", case.only_b)):
        if items:
            parts.append(f"<h3>{title}</h3>{''.join(item_block(item, case.meeting) for item in items)}")
    if case.missed_by_b:
        missed = "".join(missed_block(want, case.meeting) for want in case.missed_by_b)
        parts.append(
            f"<details><summary>{len(case.missed_by_b)} labelled items that B misses</summary>{missed}</details>"
        )
    return "".join((*parts, "</details>"))


def _figure(estimate: Estimate | None, unit: str) -> str:
    return "-" if estimate is None else escape(figure(estimate, unit))


def _plain(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
