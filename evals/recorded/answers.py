"""A language model that only repeats what was recorded: no key, no network, the same answer every time.

What belongs here: the recordings folder and the model that replays it. What does not: making recordings (see
``recording``) and asking (see ``artifact_assets.extraction.model.asking``).

Answers are keyed by the request's digest, which covers prompt, form, parameters, model and the meeting's words: whatever
of these changes, the recording no longer fits, and the run stops with the sentence that says what to do.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from artifact_assets.domain.documents import Document
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.model_ports import ModelRequest, RawAnswer
from artifact_assets.extraction.model.prompt import PROMPT_DIGEST

MANIFEST = "manifest.json"
ANSWERS = "answers.jsonl"
AGAIN = (
    "Record again with `python -m evals run --extractor model --record`, look at the difference with `python -m evals "
    "compare`, then accept it with `python -m evals baseline`."
)


class RecordingMissingError(PipelineError):
    """A request nobody recorded an answer to: the run as a whole says nothing."""


class RecordingManifest(Document):
    """Where recordings come from. ``made_by`` says in words what answered; ``real_model`` is False for a stand-in."""

    name: str
    made_by: str
    real_model: bool
    provider: str
    model: str
    prompt_digest: str
    parameters: Mapping[str, str]
    cases: tuple[str, ...]
    repeats: int = 1


@dataclass(frozen=True)
class Recordings:
    """Answers by request digest."""

    manifest: RecordingManifest
    answers: Mapping[str, bytes] = field(repr=False)


@dataclass(frozen=True)
class RecordedModel:
    """Implements ``domain.model_ports.LanguageModel`` over recordings."""

    recordings: Recordings

    @property
    def provider(self) -> str:
        """The endpoint that was recorded."""
        return self.recordings.manifest.provider

    async def ask(self, request: ModelRequest) -> RawAnswer:
        """The recorded answer. Raises RecordingMissingError."""
        content = self.recordings.answers.get(request.digest)
        if content is None:
            manifest = self.recordings.manifest
            why = (
                f"the prompt changed since (recorded with {manifest.prompt_digest[:12]}, now {PROMPT_DIGEST[:12]})"
                if manifest.prompt_digest != PROMPT_DIGEST
                else "the form, a parameter, the chunks or a transcript changed since, or the case was never recorded"
            )
            raise RecordingMissingError(
                FailureClass.MODEL_UNAVAILABLE,
                f"The recordings {manifest.name} hold no answer to request {request.digest[:12]}: {why}, so nothing "
                "was scored.",
                AGAIN,
            )
        return RawAnswer(content)


def read_recordings(folder: Path) -> Recordings:
    """The recordings in a folder. Raises PipelineError(unreadable_input) when there are none."""
    try:
        manifest = RecordingManifest.model_validate_json((folder / MANIFEST).read_bytes())
        lines = (folder / ANSWERS).read_text(encoding="utf-8").splitlines()
        answers = {entry["request"]: entry["answer"].encode("utf-8") for entry in map(json.loads, lines)}
    except (OSError, ValidationError, ValueError, KeyError) as error:
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            f"There are no readable recordings in {folder.name} ({type(error).__name__}), so nothing was run.",
            AGAIN,
        ) from error
    return Recordings(manifest, answers)
