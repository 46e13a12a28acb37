"""A run scored: what every command that shows figures starts from.

What belongs here: putting run, dataset and scores together. What does not: running (see ``evals.running``), any scorer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from artifact_assets.domain.failures import FailureClass, PipelineError
from evals.dataset.reading import Dataset
from evals.running.outcome import Outcome
from evals.running.run_file import Manifest, RunFile
from evals.scoring.score import Scores
from evals.scoring.scorecard import Scorecard, score_all
from evals.scoring.summary import by_case, case_rows, summary_of


@dataclass(frozen=True)
class Evaluation:
    """Outcomes of one run with their scores."""

    manifest: Manifest
    outcomes: tuple[Outcome, ...]
    cards: tuple[Scorecard, ...]
    scores: Mapping[str, Scores]

    @property
    def limited(self) -> tuple[Outcome, ...]:
        """What an endpoint's limits kept from being scored."""
        return tuple(outcome for outcome in self.outcomes if outcome.limited)


def evaluate(manifest: Manifest, outcomes: tuple[Outcome, ...], dataset: Dataset) -> Evaluation:
    """Score ``outcomes``. Calls nothing outside."""
    cards = score_all(dataset.meetings, outcomes)
    return Evaluation(manifest, outcomes, cards, by_case(cards))


def again(run: RunFile, dataset: Dataset) -> Evaluation:
    """Score an old run. Raises PipelineError(unreadable_input) for a run over other cases."""
    if run.manifest.dataset_digest != dataset.digest:
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            f"The run was made on {run.manifest.dataset} with digest {run.manifest.dataset_digest[:12]}, and the dataset "
            f"now has {dataset.digest[:12]}, so its scores would mean something else.",
            "Name the dataset it was made on with --dataset, or run again.",
        )
    return evaluate(run.manifest, run.outcomes, dataset)


def as_file(evaluation: Evaluation) -> RunFile:
    """The run with its figures, as it is stored."""
    return RunFile(
        manifest=evaluation.manifest,
        outcomes=evaluation.outcomes,
        summary=summary_of(evaluation.scores),
        cases=case_rows(evaluation.scores),
    )
