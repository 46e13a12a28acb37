"""A run as a file: what was run, on which cases, what came out. Scores are made of it again and again, calling nothing.

What belongs here: the stored shape, its manifest, reading and writing. What does not: running and scoring.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from artifact_assets.domain.documents import Document
from artifact_assets.domain.failures import FailureClass, PipelineError
from evals.dataset.reading import Dataset
from evals.running.outcome import Outcome
from evals.systems import System, code_digest, schema_digest


class Manifest(Document):
    """Everything that determines a run: dataset, system (model, parameters, prompt), form and code, by digest.

    ``identity`` holds the extractor's own account of itself: version, model, provider, prompt digest, parameters.
    """

    dataset: str
    dataset_digest: str
    cases: int
    repeats: int = 1
    system: str
    identity: Mapping[str, str]
    schema_digest: str
    code_digest: str

    def differs_from(self, other: Manifest) -> dict[str, tuple[str, str]]:
        """What is not the same, as (other's, ours), by a name a person knows. The code may differ: that is what is tested."""
        ours, theirs = self._named(), other._named()
        names = dict.fromkeys((*theirs, *ours))
        return {n: (theirs.get(n, "-"), ours.get(n, "-")) for n in names if theirs.get(n) != ours.get(n)}

    def _named(self) -> dict[str, str]:
        return {"dataset": self.dataset_digest, "schema": self.schema_digest, **self.identity}


class RunFile(Document):
    """A run. ``summary`` is for readers of the file; whoever scores makes the figures anew from ``outcomes``."""

    format: Literal[1] = 1
    manifest: Manifest
    outcomes: tuple[Outcome, ...]
    summary: Mapping[str, Any] = {}
    cases: tuple[Mapping[str, Any], ...] = ()


def manifest_of(dataset: Dataset, system: System, repeats: int = 1) -> Manifest:
    """The manifest of running ``system`` over ``dataset`` with the code as it is."""
    return Manifest(
        dataset=dataset.name,
        dataset_digest=dataset.digest,
        cases=len(dataset.meetings),
        repeats=repeats,
        system=system.name,
        identity=dict(sorted(system.identity.items())),
        schema_digest=schema_digest(),
        code_digest=code_digest(),
    )


def write_run(path: Path, run: RunFile) -> None:
    """The file, one value a line where that helps a reader."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps(run.model_dump(mode="json"), indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8"
    )


def read_run(path: Path) -> RunFile:
    """The run in a file. Raises PipelineError(unreadable_input)."""
    try:
        return RunFile.model_validate_json(path.read_bytes())
    except OSError as error:
        raise _refused(path, f"cannot be read ({error.strerror})") from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise _refused(
            path, f"is no run ({'.'.join(map(str, first['loc'])) or 'the file'}: {first['type']})"
        ) from error


def _refused(path: Path, what: str) -> PipelineError:
    return PipelineError(
        FailureClass.UNREADABLE_INPUT,
        f"{path.name} {what}, so nothing was compared.",
        "Make it with `python -m evals run --dataset PATH --json OUT`.",
    )
