"""``compare``: two runs side by side.

What belongs here: the command and its tables. What does not: comparing (see ``evals.comparison``), HTML.
"""

from __future__ import annotations

from pathlib import Path

import click

from artifact_assets.commands.output import json_option, print_json, print_table, remark
from artifact_assets.domain.artifact import headline
from evals.comparison import Comparison, Judged, compare_runs
from evals.dataset.reading import Dataset, read_dataset
from evals.evaluation import again
from evals.places import GOLDEN
from evals.running.run_file import RunFile, read_run
from evals.scoring.metrics import METRICS
from evals.scoring.summary import figure
from evals.statistics.bootstrap import Difference


@click.command()
@click.argument("a", type=click.Path(path_type=Path))
@click.argument("b", type=click.Path(path_type=Path))
@click.option("--dataset", type=click.Path(path_type=Path), default=GOLDEN, help="The one both runs were made on.")
@click.option("--split", type=click.Choice(["all", "development", "held_out"]), default="all", help="Of an AMI folder.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write a self-contained report.")
@json_option
def compare(a: Path, b: Path, dataset: Path, split: str, html: Path | None, as_json: bool) -> None:
    """Compare run B with run A: figures with intervals, then the items that differ, with their quotes.

    Scores are made anew from the stored runs; nothing is called. Cases that only one run has are left out.
    """
    one, other = read_run(a), read_run(b)
    whole = read_dataset(dataset, split=split)
    comparison = compare_runs(again(one, part_of(whole, one)), again(other, part_of(whole, other)), whole)
    if html is not None:
        from evals.reporting.page import page_of  # noqa: PLC0415 - drawing takes half a second to load

        html.parent.mkdir(parents=True, exist_ok=True)
        html.write_text(page_of(comparison, (a.stem, b.stem)), encoding="utf-8")
        remark(f"written to {html}")
    if as_json:
        print_json(_as_json(comparison))
    else:
        _print(comparison)


def part_of(dataset: Dataset, run: RunFile) -> Dataset:
    """The part of the dataset that a run was made on, such as the recorded cases."""
    if run.manifest.dataset_digest == dataset.digest:
        return dataset
    return dataset.of(frozenset(outcome.case for outcome in run.outcomes))


def _print(comparison: Comparison) -> None:
    print_table(
        ("figure", "A", "B", "difference, 95%", ""),
        (
            (
                name,
                figure(one, METRICS[name].unit) if one else "-",
                figure(other, METRICS[name].unit) if other else "-",
                _span(comparison.differences.get(name)),
                "significant" if (moved := comparison.differences.get(name)) and moved.significant else "",
            )
            for name, (one, other) in comparison.figures.items()
        ),
        empty="The runs have no case in common.",
    )
    if comparison.kept_ids is not None:
        click.echo(f"ids kept from A to B: {figure(comparison.kept_ids, '%')} of what both find")
    for case in comparison.cases:
        click.echo(f"\n{case.meeting.case.case}")
        for side, items in (("A", case.only_a), ("B", case.only_b)):
            for judged in items:
                click.echo(
                    f"  only {side} [{_word(judged)}] {judged.item.content.kind}: {headline(judged.item.content)}"
                )
                for evidence in judged.item.evidence:
                    click.echo(f"        turn {', '.join(map(str, evidence.turns))}: “{evidence.quote}”")


def _word(judged: Judged) -> str:
    return f"forbidden: {judged.about}" if judged.word == "forbidden" else judged.word


def _span(moved: Difference | None) -> str:
    return "" if moved is None or moved.delta is None else f"{moved.delta:+.3g} [{moved.low:+.3g}, {moved.high:+.3g}]"


def _as_json(comparison: Comparison) -> dict[str, object]:
    return {
        "a": comparison.a.manifest.model_dump(mode="json"),
        "b": comparison.b.manifest.model_dump(mode="json"),
        "differences": {name: vars(moved) for name, moved in comparison.differences.items()},
        "ids_kept": vars(comparison.kept_ids) if comparison.kept_ids else None,
        "cases": [
            {
                "case": case.meeting.case.case,
                "better": list(case.better),
                "worse": list(case.worse),
                **{
                    side: [{"word": one.word, "about": one.about, **one.item.model_dump(mode="json")} for one in items]
                    for side, items in (("only_a", case.only_a), ("only_b", case.only_b))
                },
            }
            for case in comparison.cases
        ],
    }
