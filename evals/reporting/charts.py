"""The charts of a report, as SVG that stands inside the page.

What belongs here: drawing. What does not: numbers (see ``evals.comparison``) and the page around them.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from evals.comparison import Comparison
from evals.gate.verdict import regressed
from evals.scoring.metrics import METRICS
from evals.scoring.score import Better, Scores
from evals.statistics.bootstrap import Difference, estimates

WORSE, BETTER, SAME, FIRST, SECOND = "#b3261e", "#1b6e3c", "#6b7280", "#9aa5b8", "#2457a6"
KINDS = tuple(name for name in METRICS if name.split(".")[0] == "f1")


def difference_chart(comparison: Comparison) -> str:
    """Each percentage's difference with its interval; to the right is better, whichever way the figure counts."""
    rows = [(n, d) for n, d in comparison.differences.items() if METRICS[n].unit == "%" and d.delta is not None]
    figure, axes = _figure(7.2, 0.34 * len(rows) + 0.9)
    for at, (name, difference) in enumerate(reversed(rows)):
        sign = -1 if METRICS[name].better is Better.LOWER else 1
        low, high = sorted((sign * difference.low, sign * difference.high))
        colour = _colour(name, difference, sign)
        axes.plot([low, high], [at, at], color=colour, linewidth=2.4, solid_capstyle="round")
        axes.plot([sign * (difference.delta or 0)], [at], "o", color=colour, markersize=5)
    axes.axvline(0, color="#374151", linewidth=0.8)
    axes.set_yticks(range(len(rows)), [METRICS[name].plain for name, _ in reversed(rows)])
    axes.set_xlabel("percentage points; right is better, the bar is the 95% interval")
    return _svg(figure, "differences")


def kinds_chart(comparison: Comparison) -> str:
    """F1 by kind for both runs."""
    names = [name for name in KINDS if any(comparison.figures.get(name, (None, None)))]
    return _bars([METRICS[name].plain for name in names], [comparison.figures[name] for name in names], "kinds")


def groups_chart(groups: tuple[Mapping[str, Mapping[str, Scores]], Mapping[str, Mapping[str, Scores]]]) -> str:
    """F1 by domain and language for both runs."""
    names = [name for name in groups[0] if not name.startswith("trait ") and name in groups[1]]
    pairs = [(estimates(groups[0][name]).get("f1"), estimates(groups[1][name]).get("f1")) for name in names]
    return _bars([n.partition(" ")[2] for n in names], pairs, "groups")


def _bars(labels: Sequence[str], pairs: Sequence[tuple[Any, Any]], name: str) -> str:
    figure, axes = _figure(7.2, 0.5 * len(labels) + 0.9)
    for side, colour, word in ((0, FIRST, "A"), (1, SECOND, "B")):
        at = [len(labels) - 1 - place + (0.19 if side == 0 else -0.19) for place in range(len(labels))]
        values = [pair[side].value if pair[side] else 0 for pair in pairs]
        spans = [
            [max(v - (p[side].low if p[side] else v), 0) for v, p in zip(values, pairs, strict=True)],
            [max((p[side].high if p[side] else v) - v, 0) for v, p in zip(values, pairs, strict=True)],
        ]
        axes.barh(
            at, values, 0.36, color=colour, label=word, xerr=spans, error_kw={"elinewidth": 0.9, "ecolor": "#374151"}
        )
    axes.set_yticks(range(len(labels)), list(reversed(labels)))
    axes.set_xlim(0, 100)
    axes.set_xlabel("F1 in %, with the 95% interval")
    axes.legend(loc="lower right", frameon=False, ncols=2, fontsize=9)
    return _svg(figure, name)


def _colour(name: str, difference: Difference, sign: int) -> str:
    if regressed(name, difference):
        return WORSE
    if not difference.significant:
        return SAME
    return BETTER if sign * (difference.delta or 0) > 0 else WORSE


def _figure(width: float, height: float) -> tuple[Any, Any]:
    # Imported here: half a second that only a report pays.
    from matplotlib.figure import Figure  # noqa: PLC0415 - see above

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.add_subplot()
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(labelsize=9)
    axes.grid(axis="x", color="#e5e7eb", linewidth=0.7)
    axes.set_axisbelow(True)
    return figure, axes


def _svg(figure: Any, name: str) -> str:
    """The drawing without its XML head and without the time it was made, so that equal runs give equal pages."""
    import matplotlib as mpl  # noqa: PLC0415 - see above

    out = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": name, "svg.fonttype": "none", "font.family": "sans-serif"}):
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    drawn = out.getvalue()
    return drawn[drawn.index("<svg") :]
