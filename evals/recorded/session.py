"""Recording a whole run: the configured model is asked, and what it said is written when the run is through.

What belongs here: the order of things. What does not: the files (see ``recording``), building the model path (see
``evals.systems``).
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

from artifact_assets.configuration.settings import Settings
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.model_policy import ModelPolicy
from artifact_assets.extraction.model.prompt import PROMPT_DIGEST
from evals.dataset.reading import Dataset
from evals.recorded.answers import RecordingManifest
from evals.recorded.recording import RecordingModel, write_recordings
from evals.standin.server import serving
from evals.systems import System, model_system, openai_model

STAND_IN_MODEL = "scripted-clerk"
MADE_BY_STAND_IN = "a scripted stand-in (evals/standin), no language model: a few patterns and mistakes made on purpose"


@contextlib.contextmanager
def stand_in_settings(settings: Settings) -> Generator[Settings]:
    """Settings under which the scripted stand-in answers, as long as the block lasts."""
    with serving() as url:
        yield replace(settings, llm_model=STAND_IN_MODEL, llm_base_url=url, openai_api_key=None)


@contextlib.contextmanager
def recording(settings: Settings, folder: Path, dataset: Dataset, repeats: int, made_by: str) -> Generator[System]:
    """A system that asks the configured model; its answers are in ``folder`` after a run that did not fail.

    Raises PipelineError(model_unavailable) when no model is configured.
    """
    if settings.llm_model is None:
        raise PipelineError(
            FailureClass.MODEL_UNAVAILABLE,
            "No model is configured, so nothing was recorded.",
            "Set ARTIFACTS_LLM_MODEL, and ARTIFACTS_LLM_BASE_URL for anything but OpenAI; or add --stand-in.",
        )
    stand_in = settings.llm_model == STAND_IN_MODEL
    listening = RecordingModel(openai_model(settings), name=STAND_IN_MODEL if stand_in else None)
    with tempfile.TemporaryDirectory(prefix="evals-") as home:
        # Books of its own: an answer from the store would not be heard.
        apart = Settings.from_environment({"ARTIFACTS_HOME": home})
        apart = replace(
            apart,
            llm_model=settings.llm_model,
            llm_base_url=settings.llm_base_url,
            openai_api_key=settings.openai_api_key,
        )
        with model_system(apart, model=listening, name=f"recorded:{folder.name}") as system:
            yield system
    manifest = RecordingManifest(
        name=folder.name,
        made_by=MADE_BY_STAND_IN if stand_in else made_by or f"{settings.llm_model} at {listening.provider}",
        real_model=not stand_in,
        provider=listening.provider,
        model=settings.llm_model,
        prompt_digest=PROMPT_DIGEST,
        parameters={name: str(value) for name, value in ModelPolicy().parameters().items()},
        cases=tuple(meeting.case.case for meeting in dataset.meetings),
        repeats=repeats,
    )
    write_recordings(folder, manifest, listening.heard)
