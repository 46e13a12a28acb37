"""Reading a dataset folder: ``cases/*.jsonl`` and the transcripts and configurations they name.

What belongs here: from a folder to checked meetings and the digest of all of it. What does not: the shape of a case (see
``case``), corpora in other layouts (see ``ami``).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from artifact_assets.configuration.schema import Configuration, read_configuration
from artifact_assets.domain.documents import digest_of
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.meeting import Sidecar
from evals.dataset.ami import is_ami, read_ami
from evals.dataset.case import Case
from evals.dataset.meeting import EvalMeeting
from evals.dataset.soundness import unsound

MOST_PROBLEMS = 8
READ = {"tags", "fields", "art", "model"}
"""The sections of a configuration that a run depends on."""


@dataclass(frozen=True)
class Dataset:
    """Meetings in the order of their case names. ``digest`` changes with every byte that a run or a score depends on."""

    name: str
    digest: str
    meetings: tuple[EvalMeeting, ...]

    def of(self, cases: frozenset[str]) -> Dataset:
        """Only ``cases``. Raises PipelineError(unreadable_input) for a name that is not there."""
        missing = sorted(cases - {meeting.case.case for meeting in self.meetings})
        if missing:
            raise refused(self.name, f"has no case {', '.join(missing)}", "Name cases as they stand in cases/*.jsonl.")
        kept = tuple(meeting for meeting in self.meetings if meeting.case.case in cases)
        return Dataset(self.name, digest_of([self.digest, sorted(cases)]), kept)


def read_dataset(path: Path, *, split: str = "all") -> Dataset:
    """The dataset in a folder: ours, or one in AMI's layout. ``split`` chooses AMI series: all, development or held_out.

    Raises PipelineError(unreadable_input) naming every line and file that is wrong.
    """
    if not path.is_dir():
        raise refused(path.name, "is not a folder", "Name a folder with cases/*.jsonl, or one of AMI meetings.")
    if is_ami(path):
        meetings = read_ami(path, split)
        digest = digest_of([[m.case.case, hashlib.sha256(m.content).hexdigest()] for m in meetings])
        return Dataset(f"{path.name}:{split}", digest, meetings)
    return _read_cases(path)


def refused(name: str, what: str, remedy: str) -> PipelineError:
    """A dataset that cannot be used."""
    return PipelineError(FailureClass.UNREADABLE_INPUT, f"The dataset {name} {what}, so nothing was run.", remedy)


def _read_cases(folder: Path) -> Dataset:
    problems: list[str] = []
    found: dict[str, EvalMeeting] = {}
    files = sorted((folder / "cases").glob("*.jsonl"))
    for file in files:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            if not line.strip():
                continue
            try:
                meeting = _meeting(folder, Case.model_validate(json.loads(line)))
                if meeting.case.case in found:
                    raise ValueError(f"the case {meeting.case.case} stands twice")
                problems += [f"{file.name}:{number}: {problem}" for problem in unsound(meeting)]
                found[meeting.case.case] = meeting
            except ValidationError as error:
                first = error.errors(include_input=False, include_url=False)[0]
                place = ".".join(map(str, first["loc"])) or "the line"
                problems.append(f"{file.name}:{number}: {place}: {first['msg'].removeprefix('Value error, ')}")
            except (ValueError, OSError, PipelineError) as error:
                problems.append(f"{file.name}:{number}: {_plain(error)}")
    if problems:
        more = f" and {len(problems) - MOST_PROBLEMS} more" if len(problems) > MOST_PROBLEMS else ""
        told = "; ".join(problems[:MOST_PROBLEMS])
        raise refused(folder.name, f"has {len(problems)} wrong places ({told}{more})", "See docs/evals.md.")
    if not found:
        raise refused(folder.name, "holds no case", "Write cases/*.jsonl as docs/evals.md describes.")
    meetings = tuple(found[name] for name in sorted(found))
    return Dataset(folder.name, _digest(meetings), meetings)


def _meeting(folder: Path, case: Case) -> EvalMeeting:
    path = folder / case.transcript
    configuration = read_configuration(folder / case.configuration) if case.configuration else Configuration()
    return EvalMeeting(case, path.read_bytes(), path.name, Sidecar.model_validate(case.sidecar), configuration)


def _digest(meetings: tuple[EvalMeeting, ...]) -> str:
    """Of everything but notes: words about a case change neither a run nor a score."""
    return digest_of(
        [
            [
                meeting.case.model_dump(mode="json", exclude={"notes"}),
                hashlib.sha256(meeting.content).hexdigest(),
                meeting.configuration.model_dump(
                    mode="json", include={"tags", "fields", "art", "model"}, exclude_defaults=True
                ),
            ]
            for meeting in meetings
        ]
    )


def _plain(error: Exception) -> str:
    if isinstance(error, PipelineError):
        return error.cause
    if isinstance(error, OSError):
        return f"{Path(error.filename or '').name} cannot be read ({error.strerror})"
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON: {error.msg}"
    return str(error)
