"""The charts of the report, as SVG.

What belongs here: drawing numbers that were counted elsewhere. What does not: counting, and the page around the charts.
Text stays text in the SVG, so that it takes the page's font, can be selected, and prints sharp.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import matplotlib as mpl
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

INK, SOFT, LINE = "#1f2933", "#66727f", "#e3e7eb"
GOOD, WAIT, HELD, BAD, ACCENT, PALE = "#3f8f6b", "#d9a441", "#8c9bab", "#c4504a", "#3b6ea8", "#b9cde3"
_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "report",  # the same numbers make the same page
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": SOFT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": LINE,
    "grid.linewidth": 0.8,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
}
HALF, FULL = 5.4, 11.2
"""Widths in inches of a chart in half a row and in a whole one: text then comes out alike in both."""
Series = Mapping[str, tuple[str, Sequence[float | None]]]
"""Label to colour and one value a day."""


def stacked_days(days: Sequence[date], series: Series, label: str) -> str:
    """Bars by day, one part on the other."""
    with mpl.rc_context(_STYLE):
        figure, axes = _axes()
        bottom = [0.0] * len(days)
        for name, (colour, values) in series.items():
            filled = [value or 0.0 for value in values]
            axes.bar(_numbers(days), filled, 0.8, bottom=bottom, color=colour, label=name, linewidth=0)
            bottom = [a + b for a, b in zip(bottom, filled, strict=True)]
        _finish(axes, days, label, len(series) > 1)
        axes.margins(y=0.08)
        axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        return _svg(figure, label)


def lines(
    days: Sequence[date], series: Series, label: str, *, seconds: bool = False, target: float | None = None
) -> str:
    """Lines by day; a gap where there was nothing to count. ``target`` is drawn dashed."""
    with mpl.rc_context(_STYLE):
        figure, axes = _axes()
        for name, (colour, values) in series.items():
            told = [float("nan") if value is None else value for value in values]
            axes.plot(_numbers(days), told, color=colour, label=name, linewidth=1.8, marker="o", markersize=2.4)
        if target is not None:
            axes.axhline(target, color=SOFT, linewidth=1, linestyle=(0, (4, 3)))
        _finish(axes, days, label, len(series) > 1)
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_locator(MaxNLocator(4))
        if seconds:
            axes.yaxis.set_major_formatter(FuncFormatter(_as_duration))
        return _svg(figure, label)


def shares(days: Sequence[date], values: Sequence[float | None], objective: float, label: str) -> str:
    """A share by day against its objective."""
    with mpl.rc_context(_STYLE):
        figure, axes = _axes((FULL, 2.3))
        told = [float("nan") if value is None else value for value in values]
        axes.plot(_numbers(days), told, color=ACCENT, linewidth=1.8, marker="o", markersize=2.4)
        axes.axhline(objective, color=BAD, linewidth=1, linestyle=(0, (4, 3)))
        _finish(axes, days, label, False)
        lowest = min([value for value in values if value is not None], default=objective)
        axes.set_ylim(max(0.0, min(lowest, objective) - 0.01 - (1 - objective)), 1.002)
        axes.yaxis.set_major_locator(MaxNLocator(4))
        axes.yaxis.set_major_formatter(FuncFormatter(_as_share))
        return _svg(figure, label)


def bars(rows: Sequence[tuple[str, float, float]], label: str) -> str:
    """Horizontal bars of median and 95th percentile in seconds, longest at the top."""
    with mpl.rc_context({**_STYLE, "axes.grid.axis": "x"}):
        figure, axes = _axes((HALF, 0.42 * max(len(rows), 1) + 0.7))
        names = [name for name, _, _ in reversed(rows)]
        axes.barh(names, [high for _, _, high in reversed(rows)], 0.55, color=PALE, label="95 of 100 within")
        axes.barh(names, [middle for _, middle, _ in reversed(rows)], 0.55, color=ACCENT, label="half within")
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.xaxis.set_major_formatter(FuncFormatter(_as_duration))
        axes.legend(loc="lower right", ncols=2)
        axes.tick_params(axis="y", colors=INK)
        return _svg(figure, label)


def histogram(rows: Sequence[tuple[str, float]], label: str) -> str:
    """Bars of shares, one a bucket, with the share written above."""
    with mpl.rc_context(_STYLE):
        figure, axes = _axes((HALF, 2.3))
        drawn = axes.bar([name for name, _ in rows], [share for _, share in rows], 0.5, color=ACCENT, linewidth=0)
        axes.bar_label(drawn, [f"{share:.1%}" for _, share in rows], padding=2, fontsize=8, color=SOFT)
        axes.set_xlim(-0.6, max(len(rows), 4) - 0.4)
        axes.set_ylim(0, max([share for _, share in rows], default=1.0) * 1.18)
        axes.yaxis.set_visible(False)
        axes.tick_params(axis="x", colors=INK)
        return _svg(figure, label)


Spans = Sequence[tuple[datetime, datetime, str]]


def timeline(
    rows: Mapping[str, Spans], since: datetime, until: datetime, colours: Mapping[str, str], label: str
) -> str:
    """When each dependency was not as usual: a bar per stretch, coloured by state."""
    with mpl.rc_context({**_STYLE, "axes.grid.axis": "x"}):
        figure, axes = _axes((FULL, 0.38 * max(len(rows), 1) + 0.8))
        told: set[str] = set()
        for row, spans in enumerate(rows.values()):
            for begun, ended, state in spans:
                start, length = (
                    _number(begun),
                    max(_number(ended) - _number(begun), (_number(until) - _number(since)) / 400),
                )
                axes.barh(row, length, 0.5, left=start, color=colours.get(state, HELD), linewidth=0,
                          label=state if state not in told else None)  # fmt: skip
                told.add(state)
        axes.set_yticks(range(len(rows)), list(rows))
        axes.invert_yaxis()
        axes.set_xlim(_number(since), _number(until))
        _dates(axes)
        axes.tick_params(axis="y", colors=INK)
        if told:
            axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.28), ncols=len(told))
        return _svg(figure, label)


def duration(seconds: float) -> str:
    """Seconds as people say them: 0.4 s, 42 s, 3.5 min, 2 h, 4 d."""
    size = abs(seconds)
    if size < 1:
        return f"{seconds * 1000:.0f} ms" if size else "0"
    for limit, length, unit in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if size < limit:
            return f"{seconds / length:.3g} {unit}"
    return f"{seconds / 86_400:.3g} d"


def _as_duration(value: float, _: object) -> str:
    return duration(value)


def _as_share(value: float, _: object) -> str:
    # The axis reaches a little above 100%, so that a full line is not cut.
    return f"{value:.1%}" if value <= 1 else ""


def _axes(size: tuple[float, float] = (HALF, 2.5)) -> tuple[Figure, Any]:
    figure = Figure(figsize=size, layout="constrained")
    figure.patch.set_alpha(0)
    axes: Any = figure.subplots()
    axes.patch.set_alpha(0)
    return figure, axes


def _finish(axes: Any, days: Sequence[date], label: str, legend: bool) -> None:  # noqa: ARG001 - the label is for readers of the SVG
    if days:
        first, last = _numbers(days)[0], _numbers(days)[-1]
        axes.set_xlim(first - 0.7, last + 0.7)
    _dates(axes)
    if legend:
        axes.legend(loc="upper left", ncols=4, bbox_to_anchor=(0, 1.16), borderaxespad=0)


def _dates(axes: Any) -> None:
    locator = AutoDateLocator(maxticks=8)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))


def _numbers(days: Sequence[date]) -> list[float]:
    return [_number(day) for day in days]


def _number(moment: date) -> float:
    """Days since 1970, as matplotlib counts time."""
    if isinstance(moment, datetime):
        return moment.timestamp() / 86_400
    return float(moment.toordinal() - date(1970, 1, 1).toordinal())


def _svg(figure: Figure, label: str) -> str:
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Title": label})
    text = out.getvalue()
    return text[text.index("<svg") :].replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
