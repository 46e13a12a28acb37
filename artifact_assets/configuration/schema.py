"""The configuration file: what may be in it and the safe value of everything left out.

What belongs here: the YAML file's sections as frozen documents, and reading it. What does not: where things are (see
``settings``) and secrets, which stay in the environment.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from artifact_assets.configuration.destinations import DestinationSettings
from artifact_assets.domain.alerts import AlertPolicy
from artifact_assets.domain.art.policy import ArtPolicy
from artifact_assets.domain.backfills import Pace
from artifact_assets.domain.brief import FieldRule, TagRule, Vocabulary
from artifact_assets.domain.digest import DigestPolicy
from artifact_assets.domain.documents import Document
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.mapping import DestinationMapping
from artifact_assets.domain.model_policy import ModelPolicy
from artifact_assets.domain.objectives import ReliabilityPolicy
from artifact_assets.domain.people import Person
from artifact_assets.domain.policies import DeliveryPolicy, InboxPolicy, StagePolicies, WalkPolicy
from artifact_assets.domain.retention import RetentionPolicy
from artifact_assets.domain.routes import RECORDS, Route
from artifact_assets.domain.telemetry import TelemetryPolicy
from artifact_assets.domain.working_set import WorkingSetPolicy
from artifact_assets.formats.limits import ReadingLimits


class Configuration(Document):
    """Everything that governs behaviour. An empty file is valid and means the safe defaults."""

    id: Literal["slug", "digest"] = Field(
        default="slug", description="How ids are made for files without one in the sidecar."
    )
    quotes_in_ui: bool = Field(
        default=False, description="Show quotes and titles in Dagster's UI, whose log can't be wiped."
    )
    max_file_bytes: int = Field(
        default=20_000_000, gt=0, le=2_000_000_000, description="Larger transcripts are refused."
    )
    storage_seconds: float = Field(
        default=45,
        gt=0,
        le=3600,
        description="How long reading a transcript or reading or writing a document may take; then storage counts as away.",
    )
    own_domains: tuple[str, ...] = Field(
        default=(), description="Our mail domains; the others in a meeting are the customer's."
    )
    tags: tuple[TagRule, ...] = ()
    fields: tuple[FieldRule, ...] = ()
    art: ArtPolicy = ArtPolicy()
    stages: StagePolicies = StagePolicies()
    inbox: InboxPolicy = InboxPolicy()
    walk: WalkPolicy = WalkPolicy()
    working_set: WorkingSetPolicy = WorkingSetPolicy()
    retention: RetentionPolicy = RetentionPolicy()
    delivery: DeliveryPolicy = DeliveryPolicy()
    destinations: Mapping[str, DestinationSettings] = Field(default_factory=dict[str, DestinationSettings])
    routes: tuple[Route, ...] = ()
    mapping: Mapping[str, DestinationMapping] = Field(default_factory=dict[str, DestinationMapping])
    people: tuple[Person, ...] = ()

    @model_validator(mode="after")
    def _names_known(self) -> Self:
        known = {*self.destinations, RECORDS}
        if RECORDS in self.destinations:
            raise ValueError(f"destinations: {RECORDS} is the embedded record store's own name")
        for where, named in [*((f"routes.{r.name}", r.to) for r in self.routes), ("mapping", tuple(self.mapping))]:
            unknown = sorted(set(named) - known)
            if unknown:
                raise ValueError(f"{where}: no destination is called {', '.join(unknown)}")
        return self

    model: ModelPolicy = ModelPolicy()
    alerts: AlertPolicy = AlertPolicy()
    reliability: ReliabilityPolicy = ReliabilityPolicy()
    backfills: Pace = Pace()
    digest: DigestPolicy = DigestPolicy()
    telemetry: TelemetryPolicy = TelemetryPolicy()

    @model_validator(mode="after")
    def _cost_countable(self) -> Self:
        if self.backfills.cost is not None and not self.model.prices.known:
            raise ValueError("backfills.cost needs model.prices.input and model.prices.output")
        return self

    @property
    def reading_limits(self) -> ReadingLimits:
        """What every way of reading a file is held to."""
        return ReadingLimits(max_bytes=self.max_file_bytes)

    @property
    def vocabulary(self) -> Vocabulary:
        """Tags and fields as one value, refused when a name stands twice."""
        return Vocabulary(tags=self.tags, fields=self.fields)


def read_configuration(path: Path | None) -> Configuration:
    """The configuration in the YAML file at ``path``, or the defaults without one.

    Raises PipelineError(unreadable_input) that names each wrong key and what is wrong with it.
    """
    if path is None:
        return Configuration()
    try:
        loaded: object = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise _refused(path, f"cannot be read ({reason})", "Set ARTIFACTS_CONFIG to a readable YAML file.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" at line {mark.line + 1}" if mark is not None else ""
        raise _refused(path, f"is not YAML{place}", "Correct the file's syntax.") from error
    try:
        configuration = Configuration.model_validate(loaded if loaded is not None else {})
        configuration.vocabulary  # noqa: B018 - refuses names that stand twice
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(str(part) for part in item['loc']) or 'the file'}: {_plain(item['type'], item['msg'])}"
            for item in error.errors(include_input=False, include_url=False)[:5]
        )
        raise _refused(
            path, f"has {error.error_count()} wrong entries: {wrong}", "See docs/configuration.md."
        ) from error
    return configuration


def _plain(kind: str, message: str) -> str:
    return "no such key" if kind == "extra_forbidden" else message.removeprefix("Value error, ")


def _refused(path: Path, what: str, remedy: str) -> PipelineError:
    return PipelineError(
        FailureClass.UNREADABLE_INPUT, f"The configuration {path.name} {what}, so nothing was started.", remedy
    )
