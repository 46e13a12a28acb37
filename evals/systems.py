"""The systems that can be evaluated, built: the rules, recorded answers, or a real model.

What belongs here: which extractor stands behind a name, the only place of this room that builds adapters. What does not:
running one (see ``evals.running``).
"""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from artifact_assets.configuration.schema import Configuration
from artifact_assets.configuration.settings import Settings
from artifact_assets.domain.brief import Vocabulary
from artifact_assets.domain.documents import digest_of
from artifact_assets.domain.model_policy import ModelPolicy
from artifact_assets.domain.model_ports import LanguageModel
from artifact_assets.domain.ports import Extractor
from artifact_assets.extraction.deterministic.extractor import DeterministicExtractor
from artifact_assets.extraction.model.extractor import ModelExtractor
from artifact_assets.extraction.model.prompt import COMMITTED, Prompt
from artifact_assets.extraction.model.schema import schema_for
from artifact_assets.wiring import asker_for, clock_for, open_ledger
from evals.dataset.meeting import EvalMeeting
from evals.recorded.answers import RecordedModel, Recordings
from resources.language_model.openai_model import OpenAIModel

CODE = ("artifact_assets/domain", "artifact_assets/extraction", "artifact_assets/formats")
"""What an artifact is made by, for the code version in a manifest."""


@dataclass(frozen=True)
class System:
    """Something to evaluate. ``identity`` says everything that determines its answers beside the cases and the code."""

    name: str
    identity: Mapping[str, str]
    extractor: Callable[[EvalMeeting, int], Extractor]


def deterministic() -> System:
    """The extractor without a model."""
    extractor = DeterministicExtractor()
    return System("deterministic", dict(extractor.identity), lambda _meeting, _repeat: extractor)


@contextlib.contextmanager
def recorded(recordings: Recordings) -> Generator[System]:
    """The model path over recorded answers, with books of its own that are thrown away."""
    with tempfile.TemporaryDirectory(prefix="evals-") as folder:
        settings = Settings.from_environment({"ARTIFACTS_HOME": folder})
        manifest = recordings.manifest
        with model_system(
            replace(settings, llm_model=manifest.model),
            model=RecordedModel(recordings),
            name=f"recorded:{manifest.name}",
        ) as system:
            yield system


@contextlib.contextmanager
def model_system(
    settings: Settings,
    *,
    model: LanguageModel | None = None,
    name: str = "model",
    prompt: Prompt = COMMITTED,
    parameters: Mapping[str, Any] | None = None,
) -> Generator[System]:
    """A model behind its endpoint. Its answers are kept in the settings' home, so that none is paid for twice.

    A repeat asks with another seed: the same request would only find the stored answer.
    """
    chosen, asked = settings.llm_model, dict(parameters or {})
    assert chosen is not None
    with open_ledger(settings) as ledger:

        def extractor(configuration: Configuration, repeat: int) -> ModelExtractor:
            policy = _policy(configuration.model, asked, repeat)
            told = configuration.model_copy(update={"model": policy})
            asker = asker_for(settings, told, ledger, model=model, prompt=prompt)
            return ModelExtractor(asker, chosen, DeterministicExtractor())

        identity = dict(extractor(Configuration(), 0).identity)
        yield System(name, identity, lambda meeting, repeat: extractor(meeting.configuration, repeat))


def openai_model(settings: Settings) -> LanguageModel:
    """The configured endpoint. Raises PipelineError(model_unavailable) when its settings are no use."""
    return OpenAIModel(settings.llm_base_url, settings.openai_api_key, ModelPolicy(), clock_for(settings))


def _policy(policy: ModelPolicy, parameters: Mapping[str, Any], repeat: int) -> ModelPolicy:
    told = ModelPolicy.model_validate({**policy.model_dump(), **parameters})
    return told.model_copy(update={"seed": (told.seed or 0) + 1000 * repeat}) if repeat else told


def schema_digest() -> str:
    """The fixed part of the form a model fills in."""
    return digest_of(schema_for(Vocabulary()))


@cache
def code_digest() -> str:
    """SHA-256 over the files that determine an artifact: which code was measured."""
    root = Path(__file__).parents[1]
    files = sorted(
        path for room in CODE for path in (root / room).rglob("*") if path.suffix in {".py", ".txt", ".json", ".npz"}
    )
    together = hashlib.sha256()
    for path in files:
        together.update(path.relative_to(root).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return together.hexdigest()
