"""``live``: the golden set on the configured model, after stating the cost.

What belongs here: the command. What does not: running (see ``evals.running``), the model path (see ``evals.systems``).
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import click

from artifact_assets.commands.output import remark
from artifact_assets.configuration.environment import settings
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.extraction.model.extractor import ModelExtractor
from evals.commands.progress import bar_over
from evals.commands.table import print_scores
from evals.dataset.reading import Dataset, read_dataset
from evals.evaluation import as_file, evaluate
from evals.places import GOLDEN
from evals.running.pipeline import brief_of
from evals.running.run_file import manifest_of, write_run
from evals.running.running import run_cases
from evals.systems import System, model_system


@click.command()
@click.option("--dataset", type=click.Path(path_type=Path), default=GOLDEN, help="Folder of cases.")
@click.option("--repeats", type=click.IntRange(1, 20), default=1, show_default=True, help="Samples of each case.")
@click.option("--yes", is_flag=True, help="Do not ask whether the cost is all right.")
@click.option("--json", "out", type=click.Path(path_type=Path, dir_okay=False), default=Path("build/evals/live.json"))
def live(dataset: Path, repeats: int, yes: bool, out: Path) -> None:
    """State what the golden set costs on the configured model, and run it. Nothing is delivered.

    Answers are kept under build/evals, so an interrupted run goes on without paying again.
    """
    where = settings()
    if where.llm_model is None:
        raise PipelineError(
            FailureClass.MODEL_UNAVAILABLE,
            "No model is configured, so nothing was run.",
            "Set ARTIFACTS_LLM_MODEL, and ARTIFACTS_LLM_BASE_URL for anything but OpenAI.",
        )
    known = read_dataset(dataset)
    with model_system(replace(where, **_apart(out.parent)), name=f"live:{where.llm_model}") as system:
        click.echo(f"{where.llm_model}: {_cost(system, known, repeats)}", err=True)
        if not yes and not (sys.stdin.isatty() and click.confirm("Run it?", err=True)):
            raise PipelineError(
                FailureClass.UNREADABLE_INPUT, "Nobody agreed to the cost, so nothing was run.", "Add --yes."
            )
        with bar_over(len(known.meetings) * repeats) as heard:
            outcomes = asyncio.run(run_cases(system, known.meetings, repeats=repeats, heard=heard))
        evaluation = evaluate(manifest_of(known, system, repeats), outcomes, known)
    print_scores(evaluation)
    write_run(out, as_file(evaluation))
    remark(f"written to {out}; see what changed with `python -m evals compare`")
    if evaluation.limited:
        raise PipelineError(
            FailureClass.INTERNAL_ERROR,
            f"{len(evaluation.limited)} extractions were held up by the endpoint and are not in these figures.",
            "Run it again when the limit is over; answered cases are kept.",
        )


def _apart(folder: Path) -> dict[str, Path | str]:
    """Books of its own: evals must not touch the ledger of a deployment."""
    home = (folder / "home").absolute()
    return {"home": home, "database_url": f"sqlite:///{home / 'ledger.db'}", "store": str(home / "store")}


def _cost(system: System, dataset: Dataset, repeats: int) -> str:
    calls = read = out = 0
    cost: float | None = 0.0
    for meeting in dataset.meetings:
        extractor = system.extractor(meeting, 0)
        assert isinstance(extractor, ModelExtractor)
        try:
            transcript = meeting.transcript()
        except PipelineError:
            continue
        told = extractor.estimate(transcript, brief_of(meeting, transcript))
        calls, read, out = calls + told.calls, read + told.input_tokens, out + told.output_tokens
        cost = None if cost is None or told.cost is None else cost + told.cost
    price = (
        "its price is not known (model.prices in the cases' configurations)"
        if cost is None
        else f"${cost * repeats:.2f}"
    )
    return (
        f"{calls * repeats} calls, at most {read * repeats:,} tokens in and {out * repeats:,} out; {price}. Answers that are "
        "already stored cost nothing."
    )
