"""Building the canary: the configured model under another prompt, and where its reports go.

What belongs here: which adapters stand behind ``stages.canary``, beside ``wiring``. What does not: trying a prompt.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator
from pathlib import Path

from artifact_assets.configuration.schema import Configuration
from artifact_assets.configuration.settings import Settings
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.ports import Extractor
from artifact_assets.extraction.deterministic.extractor import DeterministicExtractor
from artifact_assets.extraction.model.asking import Asker
from artifact_assets.extraction.model.extractor import ModelExtractor
from artifact_assets.extraction.model.prompt import Prompt
from artifact_assets.stages.canary import Canary
from resources.canary_book import FileCanaryBook


def canary_book(home: Path) -> FileCanaryBook:
    """The reports of a home."""
    return FileCanaryBook(home / "canaries")


def canary_for(settings: Settings, configuration: Configuration, asker: Callable[[Prompt], Asker]) -> Canary | None:
    """The canary of a deployment with a model; None when none is configured. ``asker`` asks under a prompt.

    The prompt's file is read with each use: a missing one fails the try and not the deployment.
    """
    policy, model = configuration.model.canary, settings.llm_model
    if policy is None or model is None:
        return None
    path = (settings.config.parent if settings.config is not None else Path()) / policy.prompt

    @contextlib.contextmanager
    def extractor() -> Generator[Extractor]:
        try:
            prompt = Prompt(path.read_text(encoding="utf-8"), path.name)
        except (OSError, UnicodeDecodeError) as error:
            raise PipelineError(
                FailureClass.UNREADABLE_INPUT,
                f"The canary's prompt {path.name} cannot be read ({type(error).__name__}), so it was not tried.",
                "Correct model.canary.prompt, or remove model.canary.",
            ) from error
        yield ModelExtractor(asker(prompt), model, DeterministicExtractor())

    return Canary(policy, extractor, canary_book(settings.home))
