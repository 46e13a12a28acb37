"""Which of a case's own figures moved, and which way.

What belongs here: two scores of one case. What does not: whether it is luck (see ``evals.statistics``).
"""

from __future__ import annotations

from evals.scoring.metrics import METRICS
from evals.scoring.score import Better, Scores

LEAST = 1e-9


def moved(was: Scores, now: Scores) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the figures that got better, and of those that got worse; where both had something to judge."""
    better, worse = list[str](), list[str]()
    for name, metric in METRICS.items():
        before, after = was.get(name), now.get(name)
        if metric.better is Better.NEITHER or before is None or after is None or not before.bottom or not after.bottom:
            continue
        delta = after.top / after.bottom - before.top / before.bottom
        if abs(delta) > LEAST:
            (better if (delta > 0) == (metric.better is Better.HIGHER) else worse).append(name)
    return tuple(better), tuple(worse)
