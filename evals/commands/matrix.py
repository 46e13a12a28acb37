"""``matrix``: several models, prompts or parameters over one dataset.

What belongs here: the command and its table. What does not: working the plan off (see ``evals.matrix``).
"""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

from artifact_assets.commands.output import print_table, remark
from artifact_assets.domain.failures import FailureClass, PipelineError
from evals.commands.progress import bar_over
from evals.dataset.reading import read_dataset
from evals.evaluation import Evaluation
from evals.matrix import read_plan, work_off
from evals.places import GOLDEN
from evals.scoring.metrics import METRICS
from evals.scoring.scorecard import totals
from evals.scoring.summary import figure
from evals.statistics.bootstrap import estimates

SHOWN = ("f1", "precision", "recall", "owner", "due", "invented", "injection_obeyed", "cost", "tokens", "seconds")


@click.command()
@click.argument("plan", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--dataset", type=click.Path(path_type=Path), default=GOLDEN, help="Folder of cases.")
@click.option("--case", "cases", multiple=True, help="Only this case; may be given several times.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder of runs and answers."
)
def matrix(plan: Path, dataset: Path, cases: tuple[str, ...], out: Path) -> None:
    """Run every system of PLAN (YAML) and print them side by side. Asks models, and that costs money.

    Interrupted or held up by a rate limit, the same command goes on: answers are kept in --out and never paid for twice.
    """
    known = read_dataset(dataset)
    if cases:
        known = known.of(frozenset(cases))
    done: list[Evaluation] = []
    for evaluation in work_off(read_plan(plan), plan.parent, known, out, lambda name, total: bar_over(total, name)):
        remark(f"{evaluation.manifest.system}: {len(evaluation.outcomes)} extractions, written to {out}")
        done.append(evaluation)
    print_table(
        ("system", *SHOWN, "spread", "not scored"), (_row(evaluation) for evaluation in done), empty="No system."
    )
    held = sum(len(evaluation.limited) for evaluation in done)
    if held:
        raise PipelineError(
            FailureClass.INTERNAL_ERROR,
            f"{held} extractions were held up by their endpoints and are not in these figures.",
            "Run the same command again when the limits are over; the rest is kept.",
        )


def _row(evaluation: Evaluation) -> tuple[object, ...]:
    found = estimates(evaluation.scores)
    told = (figure(found[name], METRICS[name].unit) if name in found else "-" for name in SHOWN)
    return (evaluation.manifest.system, *told, _spread(evaluation), len(evaluation.limited))


def _spread(evaluation: Evaluation) -> str:
    """How far F1 differs between samples of the same system: its standard deviation over repeats."""
    values: list[float] = []
    for repeat in sorted({card.repeat for card in evaluation.cards}):
        top, bottom = totals(card.scores for card in evaluation.cards if card.repeat == repeat)["f1"]
        values.append(100 * top / bottom if bottom else 0.0)
    return f"{np.std(values, ddof=1):.2f} over {len(values)}" if len(values) > 1 else "-"
