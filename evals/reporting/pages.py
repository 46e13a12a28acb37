"""The score tables on the project's pages, drawn from the baseline whenever one is accepted.

What belongs here: the tables and the marks they stand between. What does not: figures (see ``evals.statistics``).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from evals.gate.baseline import Baseline
from evals.scoring.metrics import METRICS
from evals.scoring.summary import figure
from evals.statistics.bootstrap import estimates

BEGIN, END = "<!-- scores -->", "<!-- end of scores -->"
SHORT = (
    "f1",
    "precision",
    "recall",
    "shown_recall",
    "f1.action_item",
    "owner",
    "due",
    "value",
    "invented",
    "injection_obeyed",
)
NAMES: Mapping[str, str] = {"deterministic": "the rules", "recorded:stand-in": "scripted stand-in (no model)"}


def table_of(baseline: Baseline, *, short: bool) -> str:
    """Figures with their intervals, a column a system; ``short`` ones are for the first page."""
    entries = [entry for entry in baseline.entries if not short or entry.manifest.system == "deterministic"]
    found = {entry.manifest.system: estimates(entry.scores) for entry in entries}
    head = " | ".join(NAMES.get(system, system) for system in found)
    lines = [f"| figure | {head} |", f"|---|{'---|' * len(found)}"]
    for name, metric in METRICS.items():
        if (short and name not in SHORT) or not any(name in told for told in found.values()):
            continue
        cells = (figure(told[name], metric.unit) if name in told else "-" for told in found.values())
        lines.append(f"| {metric.means}{' (`' + name + '`)' if not short else ''} | {' | '.join(cells)} |")
    return "\n".join(lines)


def write_tables(baseline: Baseline, root: Path) -> tuple[Path, ...]:
    """Put the tables where the pages have marks for them; returns the pages that changed."""
    changed: list[Path] = []
    for page, short in ((root / "README.md", True), (root / "docs" / "evals.md", False)):
        text = page.read_text(encoding="utf-8")
        fresh = with_table(text, table_of(baseline, short=short))
        if fresh != text:
            page.write_text(fresh, encoding="utf-8")
            changed.append(page)
    return tuple(changed)


def with_table(text: str, table: str) -> str:
    """``text`` with ``table`` between its marks; unchanged without marks."""
    if BEGIN not in text or END not in text:
        return text
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}"
