"""``baseline``: accept what the systems do now.

What belongs here: the command. What does not: the file (see ``evals.gate.baseline``).
"""

from __future__ import annotations

from pathlib import Path

import click

from artifact_assets.commands.output import remark
from artifact_assets.domain.failures import FailureClass, PipelineError
from evals.dataset.reading import read_dataset
from evals.gate.baseline import Baseline, entry_of, read_baseline, write_baseline
from evals.gate.measuring import all_measured
from evals.places import BASELINE, GOLDEN, RECORDINGS
from evals.recorded.answers import RecordingMissingError
from evals.reporting.pages import write_tables
from evals.scoring.metrics import METRICS


@click.command()
@click.option("--dataset", type=click.Path(path_type=Path), default=GOLDEN, help="Folder of cases.")
@click.option("--baseline", type=click.Path(path_type=Path, dir_okay=False), default=BASELINE)
@click.option("--recordings", type=click.Path(path_type=Path, file_okay=False), default=RECORDINGS)
@click.option("--why", required=True, help="What changed and why that is meant; kept in the file.")
def baseline(dataset: Path, baseline: Path, recordings: Path, why: str) -> None:
    """Write what every system does now as the baseline. A broken hard rule is never accepted."""
    known, accepted = read_dataset(dataset), Baseline(entries=())
    old = read_baseline(baseline)
    for system, measured in all_measured(known, recordings):
        if isinstance(measured, RecordingMissingError):
            raise measured
        evaluation, _ = measured
        broken = sorted(
            f"{case} ({name})"
            for case, scores in evaluation.scores.items()
            for name, score in scores.items()
            if METRICS[name].hard and score.top > 0
        )
        if broken:
            raise PipelineError(
                FailureClass.NOT_GROUNDED,
                f"{system} breaks a hard rule in {', '.join(broken)}, so no baseline was written.",
                "Correct the rule, or the label if it is wrong; see `python -m evals check`.",
            )
        was = old.of(system)
        entry = entry_of(evaluation, why)
        unchanged = was is not None and entry.model_copy(update={"why": was.why}) == was
        accepted = accepted.replaced(was if unchanged and was is not None else entry)
        remark(f"{system}: {'as before' if unchanged else 'accepted'}")
    write_baseline(baseline, accepted)
    if baseline.resolve() == BASELINE.resolve():
        for page in write_tables(accepted, BASELINE.parents[1]):
            remark(f"{page.name}: its table follows")
