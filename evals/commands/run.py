"""``run``: a system over a dataset, scored.

What belongs here: the command. What does not: running and scoring.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import click

from artifact_assets.commands.output import remark
from artifact_assets.configuration.environment import settings
from artifact_assets.configuration.settings import Settings
from artifact_assets.domain.failures import FailureClass, PipelineError
from evals.commands.progress import bar_over
from evals.commands.table import print_scores
from evals.dataset.reading import Dataset, read_dataset
from evals.evaluation import Evaluation, as_file, evaluate
from evals.places import GOLDEN, RECORDINGS, STAND_IN
from evals.recorded.answers import read_recordings
from evals.recorded.session import recording, stand_in_settings
from evals.running.run_file import manifest_of, write_run
from evals.running.running import run_cases, run_rules
from evals.systems import System, deterministic, recorded


@click.command()
@click.option("--dataset", type=click.Path(path_type=Path), default=GOLDEN, help="Folder of cases, or of AMI meetings.")
@click.option("--split", type=click.Choice(["all", "development", "held_out"]), default="all", help="Of an AMI folder.")
@click.option("--extractor", type=click.Choice(["deterministic", "model"]), default="deterministic")
@click.option(
    "--recordings", default=STAND_IN, show_default=True, help="Whose recorded answers the model path replays."
)
@click.option("--record", is_flag=True, help="Ask the configured model and record its answers under --recordings.")
@click.option("--stand-in", is_flag=True, help="With --record: ask the scripted stand-in, which is no model.")
@click.option("--made-by", default="", help="With --record: what answered, in words, for the recordings' manifest.")
@click.option("--case", "cases", multiple=True, help="Only this case; may be given several times.")
@click.option("--repeats", type=click.IntRange(1, 20), default=1, show_default=True, help="Samples of each case.")
@click.option(
    "--processes", type=click.IntRange(1, 64), default=os.cpu_count() or 1, help="For the rules over many cases."
)
@click.option("--json", "out", type=click.Path(path_type=Path, dir_okay=False), help="Write the run to this file.")
def run(
    dataset: Path,
    split: str,
    extractor: str,
    recordings: str,
    record: bool,
    stand_in: bool,
    made_by: str,
    cases: tuple[str, ...],
    repeats: int,
    processes: int,
    out: Path | None,
) -> None:
    """Run a system over a dataset and print its scores with 95% intervals. Nothing is delivered.

    The model path replays recorded answers and calls nothing; with --record it asks the model that ARTIFACTS_LLM_MODEL
    names, and that costs money.
    """
    if (record and extractor != "model") or (stand_in and not record):
        raise click.UsageError("--record belongs to --extractor model, and --stand-in to --record.")
    known = read_dataset(dataset, split=split)
    if cases:
        known = known.of(frozenset(cases))
    if extractor == "deterministic":
        with bar_over(len(known.meetings)) as heard:
            outcomes = run_rules(known.meetings, processes=processes, heard=heard)
        evaluation = evaluate(manifest_of(known, deterministic()), outcomes, known)
    else:
        with stand_in_settings(settings()) if stand_in else nullcontext(settings()) as where:
            evaluation = _model(known, recordings, repeats, where if record else None, made_by)
    print_scores(evaluation)
    if out is not None:
        write_run(out, as_file(evaluation))
        remark(f"written to {out}")
    if evaluation.limited:
        raise PipelineError(
            FailureClass.INTERNAL_ERROR,
            f"{len(evaluation.limited)} cases were not scored: the endpoint failed them.",
            "Run again when it answers; this says nothing about quality.",
        )


def _model(dataset: Dataset, recordings: str, repeats: int, asked: Settings | None, made_by: str) -> Evaluation:
    opened: AbstractContextManager[System]
    if asked is not None:
        opened = recording(asked, RECORDINGS / recordings, dataset, repeats, made_by)
        chosen = dataset
    else:
        read = read_recordings(RECORDINGS / recordings)
        chosen = _recorded_part(dataset, frozenset(read.manifest.cases), recordings)
        repeats = min(repeats, read.manifest.repeats)
        opened = recorded(read)
    with opened as system, bar_over(len(chosen.meetings) * repeats) as heard:
        outcomes = asyncio.run(run_cases(system, chosen.meetings, repeats=repeats, heard=heard))
        return evaluate(manifest_of(chosen, system, repeats), outcomes, chosen)


def _recorded_part(dataset: Dataset, cases: frozenset[str], recordings: str) -> Dataset:
    there = cases & {meeting.case.case for meeting in dataset.meetings}
    if not there:
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            f"The recordings {recordings} are of no case of {dataset.name}, so nothing was run.",
            "Record some with --record.",
        )
    if len(there) < len(dataset.meetings):
        remark(
            f"{len(there)} of {len(dataset.meetings)} cases are recorded under {recordings}; the others are left out."
        )
    return dataset.of(there)
