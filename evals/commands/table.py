"""Figures as tables for people at a terminal.

What belongs here: rows and columns. What does not: computing what is in them, HTML (see ``evals.reporting``).
"""

from __future__ import annotations

from artifact_assets.commands.output import print_table, remark
from evals.evaluation import Evaluation
from evals.scoring.metrics import METRICS
from evals.scoring.summary import figure
from evals.statistics.bootstrap import estimates


def print_scores(evaluation: Evaluation) -> None:
    """Every figure with its interval and what it means; what could not be scored is told on stderr."""
    found = estimates(evaluation.scores)
    manifest = evaluation.manifest
    remark(f"{manifest.system} on {manifest.dataset}: {len(evaluation.scores)} cases; intervals are 95%, over cases.")
    print_table(
        ("figure", "value", "cases", "means"),
        (
            (name, figure(found[name], metric.unit), found[name].cases, f"{metric.means} ({metric.unit})")
            for name, metric in METRICS.items()
            if name in found
        ),
        empty="Nothing was scored.",
    )
    for outcome in evaluation.limited:
        remark(f"not scored: {outcome.case}: {outcome.failure_class}")
