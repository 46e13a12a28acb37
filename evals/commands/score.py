"""``score``: an old run scored again, calling nothing.

What belongs here: the command. What does not: scores.
"""

from __future__ import annotations

from pathlib import Path

import click

from artifact_assets.commands.output import print_table
from evals.commands.compare import part_of
from evals.commands.table import print_scores
from evals.dataset.reading import read_dataset
from evals.evaluation import again
from evals.places import GOLDEN
from evals.running.run_file import read_run
from evals.scoring.summary import figure, grouped
from evals.statistics.bootstrap import estimates


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--dataset", type=click.Path(path_type=Path), default=GOLDEN, help="The one it was made on.")
@click.option("--split", type=click.Choice(["all", "development", "held_out"]), default="all", help="Of an AMI folder.")
@click.option("--groups", is_flag=True, help="Also by domain, language and trait.")
@click.option("--reasons", metavar="FIGURE", help="Also, case by case, why this figure is not all it could be.")
def score(run: Path, dataset: Path, split: str, groups: bool, reasons: str | None) -> None:
    """Score a stored run with the scorers and labels as they are now. Nothing is extracted and nothing called."""
    stored, whole = read_run(run), read_dataset(dataset, split=split)
    evaluation = again(stored, part_of(whole, stored))
    print_scores(evaluation)
    if groups:
        rows: list[tuple[object, ...]] = []
        for name, scores in grouped(evaluation.scores, whole.meetings).items():
            found = estimates(scores)
            told = (figure(found[f], "%") if f in found else "-" for f in ("f1", "precision", "recall"))
            rows.append((name, len(scores), *told))
        print_table(("group", "cases", "f1", "precision", "recall"), rows, empty="No groups.")
    if reasons:
        for case, scores in sorted(evaluation.scores.items()):
            for reason in scores[reasons].reasons if reasons in scores else ():
                click.echo(f"{case}: {reason}")
