"""The committed baseline: what each system did when somebody last accepted it.

What belongs here: its shape, reading and writing ``baseline.json``. What does not: judging against it (see ``verdict``).

One line a case, so that a changed baseline shows in review as the cases that changed. Time, tokens and cost are left out:
they differ from machine to machine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from artifact_assets.domain.artifact import Item
from artifact_assets.domain.documents import Document
from artifact_assets.domain.failures import FailureClass, PipelineError
from evals.evaluation import Evaluation
from evals.running.run_file import Manifest
from evals.scoring.metrics import METRICS
from evals.scoring.score import Better, Score, Scores


class CaseBaseline(Document):
    """One case as it was accepted: top and bottom of every score, and the delivered items."""

    case: str
    scores: Mapping[str, tuple[float, float]]
    items: tuple[Item, ...]

    @property
    def told(self) -> Scores:
        """The scores in the scorers' shape."""
        return {name: Score(metric=name, top=top, bottom=bottom) for name, (top, bottom) in self.scores.items()}


class Entry(Document):
    """One system's baseline. ``why`` is the word of who accepted it."""

    why: str
    manifest: Manifest
    cases: tuple[CaseBaseline, ...]

    @property
    def scores(self) -> dict[str, Scores]:
        """Scores by case."""
        return {case.case: case.told for case in self.cases}


class Baseline(Document):
    """All entries, one a system."""

    entries: tuple[Entry, ...]

    def of(self, system: str) -> Entry | None:
        """The entry of a system."""
        return next((entry for entry in self.entries if entry.manifest.system == system), None)

    def replaced(self, entry: Entry) -> Baseline:
        """With ``entry`` in place of the one of its system."""
        others = tuple(old for old in self.entries if old.manifest.system != entry.manifest.system)
        return Baseline(entries=tuple(sorted((*others, entry), key=lambda e: e.manifest.system)))


def entry_of(evaluation: Evaluation, why: str) -> Entry:
    """What a system does now, as an entry. Items are of the first sample of each case."""
    delivered = {outcome.case: outcome.delivered for outcome in reversed(evaluation.outcomes)}
    return Entry(
        why=why,
        manifest=evaluation.manifest,
        cases=tuple(
            CaseBaseline(
                case=case,
                scores={n: (s.top, s.bottom) for n, s in scores.items() if METRICS[n].better is not Better.NEITHER},
                items=delivered.get(case, ()),
            )
            for case, scores in sorted(evaluation.scores.items())
        ),
    )


def read_baseline(path: Path) -> Baseline:
    """The baseline in a file, empty when there is none. Raises PipelineError(unreadable_input) for a damaged one."""
    if not path.exists():
        return Baseline(entries=())
    try:
        return Baseline.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            f"{path.name} is no baseline ({type(error).__name__}), so nothing was checked.",
            "Restore it from version control, or write a new one with `python -m evals baseline --why TEXT`.",
        ) from error


def write_baseline(path: Path, baseline: Baseline) -> None:
    """The file, one line a case."""
    entries: list[str] = []
    for entry in baseline.entries:
        head = json.dumps({"why": entry.why, "manifest": entry.manifest.model_dump(mode="json")}, ensure_ascii=False)
        lines = ",\n".join(_line(case) for case in entry.cases)
        entries.append(f'{head[:-1]}, "cases": [\n{lines}\n]}}')
    path.write_text('{"entries": [\n' + ",\n".join(entries) + "\n]}\n", encoding="utf-8")


def _line(case: CaseBaseline) -> str:
    return json.dumps(case.model_dump(mode="json", exclude_none=True), ensure_ascii=False, separators=(",", ":"))
