"""A plan of several systems over one dataset, worked off one after the other and gone on with where it stopped.

What belongs here: the plan's file, and what is run again. What does not: a single run (see ``evals.running``).

Each system's outcomes lie in a file of their own, written as they come. Answers lie in the ledger of the plan's home under
their request's digest: the same request is paid for once, whatever is interrupted. What an endpoint's limits kept from being
scored is asked again the next time; what the model got wrong is not.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from artifact_assets.configuration.settings import Settings
from artifact_assets.domain.documents import Document
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.model_policy import ModelPolicy
from artifact_assets.extraction.model.prompt import COMMITTED, Prompt
from evals.dataset.reading import Dataset
from evals.evaluation import Evaluation, as_file, evaluate
from evals.running.outcome import Outcome
from evals.running.run_file import RunFile, manifest_of, read_run, write_run
from evals.running.running import run_cases
from evals.systems import System, deterministic, model_system

WRITE_EVERY = 20
"""Outcomes between two writes of a run's file. What is lost in between is still in the answers' store."""


class Planned(Document):
    """One system of a plan. ``prompt`` is a file beside the plan; ``key`` names the variable that holds the secret."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,60}$")
    extractor: Literal["deterministic", "model"] = "model"
    model: str | None = None
    base_url: str | None = None
    key: str = "OPENAI_API_KEY"
    prompt: str | None = None
    parameters: Mapping[str, Any] = Field(default_factory=dict[str, Any])

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if (self.extractor == "model") != (self.model is not None):
            raise ValueError(f"{self.name}: an extractor of kind model needs a model, and only that one has one")
        ModelPolicy.model_validate({**ModelPolicy().model_dump(), **self.parameters})
        return self


class Plan(Document):
    """Systems to compare, and how many samples of each case."""

    systems: tuple[Planned, ...] = Field(min_length=1)
    repeats: int = Field(default=1, ge=1, le=20)

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        names = [system.name for system in self.systems]
        if len(set(names)) < len(names):
            raise ValueError("two systems have one name")
        return self


def read_plan(path: Path) -> Plan:
    """The plan in a YAML file. Raises PipelineError(unreadable_input)."""
    try:
        return Plan.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, ValidationError, yaml.YAMLError) as error:
        told = error.errors(include_input=False, include_url=False)[0] if isinstance(error, ValidationError) else None
        place = f"{'.'.join(map(str, told['loc']))}: {told['msg']}" if told else type(error).__name__
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            f"The plan {path.name} cannot be used ({place}), so nothing was run.",
            "See docs/evals.md for its shape.",
        ) from error


Bar = Callable[[str, int], AbstractContextManager[Callable[[Outcome], None]]]


def work_off(plan: Plan, folder: Path, dataset: Dataset, out: Path, bar: Bar) -> Generator[Evaluation]:
    """Each system's evaluation as soon as it is through; ``folder`` holds the prompts, ``out`` the runs."""
    out.mkdir(parents=True, exist_ok=True)
    for planned in plan.systems:
        repeats = plan.repeats if planned.extractor == "model" else 1
        with _opened(planned, folder, out) as system:
            manifest = manifest_of(dataset, system, repeats)
            path = out / f"{planned.name}.json"
            known = _known(path, manifest.model_copy(update={"repeats": 0}))
            with bar(planned.name, len(dataset.meetings) * repeats - len(known)) as shown:
                done = [*known]

                def heard(
                    outcome: Outcome, done: list[Outcome] = done, told: Callable[[Outcome], None] = shown
                ) -> None:
                    done.append(outcome)
                    told(outcome)
                    if len(done) % WRITE_EVERY == 0:
                        write_run(path, RunFile(manifest=manifest, outcomes=tuple(done)))  # noqa: B023 - used before the next

                outcomes = asyncio.run(run_cases(system, dataset.meetings, repeats=repeats, known=known, heard=heard))
            evaluation = evaluate(manifest, outcomes, dataset)
            write_run(path, as_file(evaluation))
            yield evaluation


def _known(path: Path, manifest: Any) -> tuple[Outcome, ...]:
    """Outcomes of an earlier run of the same system over the same cases that need not be made again."""
    if not path.exists():
        return ()
    earlier = read_run(path)
    same = earlier.manifest.model_copy(update={"repeats": 0}) == manifest
    return tuple(outcome for outcome in earlier.outcomes if not outcome.limited) if same else ()


def _opened(planned: Planned, folder: Path, out: Path) -> AbstractContextManager[System]:
    if planned.extractor == "deterministic":
        return nullcontext(replace(deterministic(), name=planned.name))
    settings = Settings.from_environment({"ARTIFACTS_HOME": str(out / "home")})
    prompt = COMMITTED
    if planned.prompt is not None:
        prompt = Prompt((folder / planned.prompt).read_text(encoding="utf-8"), planned.prompt)
    asked = replace(
        settings,
        llm_model=planned.model,
        llm_base_url=planned.base_url,
        openai_api_key=os.environ.get(planned.key) or None,
    )
    return _model(asked, planned, prompt)


@contextmanager
def _model(settings: Settings, planned: Planned, prompt: Prompt) -> Generator[System]:
    with model_system(settings, name=planned.name, prompt=prompt, parameters=planned.parameters) as system:
        yield system
