"""Measuring the systems that have a baseline, on the golden set.

What belongs here: which system is measured on what. What does not: judging (see ``verdict``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

from artifact_assets.domain.failures import PipelineError
from evals.dataset.reading import Dataset
from evals.evaluation import Evaluation, evaluate
from evals.recorded.answers import MANIFEST, RecordingMissingError, read_recordings
from evals.running.run_file import manifest_of
from evals.running.running import run_cases, run_rules
from evals.systems import deterministic, recorded

RULES = "deterministic"


def systems(recordings: Path) -> tuple[str, ...]:
    """The rules, and every set of recordings."""
    return (RULES, *(f"recorded:{manifest.parent.name}" for manifest in sorted(recordings.glob(f"*/{MANIFEST}"))))


def measured(system: str, dataset: Dataset, recordings: Path) -> tuple[Evaluation, Dataset]:
    """A system over the part of ``dataset`` that it has answers for. Raises RecordingMissingError."""
    if system == RULES:
        return evaluate(manifest_of(dataset, deterministic()), run_rules(dataset.meetings), dataset), dataset
    read = read_recordings(recordings / system.partition(":")[2])
    part = dataset.of(frozenset(read.manifest.cases))
    repeats = read.manifest.repeats
    with recorded(read) as opened:
        outcomes = asyncio.run(run_cases(opened, part.meetings, repeats=repeats))
        return evaluate(manifest_of(part, opened, repeats), outcomes, part), part


Measured = tuple[str, tuple[Evaluation, Dataset] | RecordingMissingError]


def all_measured(dataset: Dataset, recordings: Path) -> Iterator[Measured]:
    """Every system with its evaluation, or with the failure of recordings that no longer fit."""
    for system in systems(recordings):
        try:
            yield system, measured(system, dataset, recordings)
        except PipelineError as failure:
            if not isinstance(failure, RecordingMissingError):
                raise
            yield system, failure
