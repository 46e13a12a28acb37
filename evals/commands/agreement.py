"""``agreement``: how far two people's labels agree.

What belongs here: the command and its tables. What does not: the figures (see ``evals.agreement``).
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from artifact_assets.commands.output import json_option, print_json, print_table, remark
from evals.agreement import agreement as agreed
from evals.agreement import read_second
from evals.dataset.reading import read_dataset
from evals.places import GOLDEN


@click.command()
@click.option("--dataset", type=click.Path(path_type=Path), default=GOLDEN, help="Folder of the first labels.")
@click.option("--second", type=click.Path(path_type=Path, file_okay=False), default=GOLDEN / "second")
@click.option("--differences", is_flag=True, help="List every label that only one of the two has.")
@json_option
def agreement(dataset: Path, second: Path, differences: bool, as_json: bool) -> None:
    """Compare the golden set's labels with those of a second person who did not see them."""
    told = agreed(read_dataset(dataset), read_second(second))
    if as_json:
        print_json(asdict(told))
        return
    remark(f"{told.cases} cases labelled by both; intervals are 95%, over cases.")
    print_table(
        ("kind", "F1 between labellers", "Cohen's kappa over turns", "labels, first", "labels, second"),
        (
            (
                kind,
                f"{f1.value:.1f} [{f1.low:.1f}, {f1.high:.1f}]",
                f"{k.value:.2f} [{k.low:.2f}, {k.high:.2f}]" if (k := told.kappa.get(kind)) else "-",
                f1.one,
                f1.other,
            )
            for kind, f1 in told.f1.items()
        ),
        empty="No labels.",
    )
    for name, (right, of) in told.details.items():
        click.echo(f"{name}: {right} of {of} agreed items agree")
    if differences:
        for line in told.differing:
            click.echo(line)
