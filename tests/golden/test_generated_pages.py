"""The committed pages and schemas under ``docs/`` say what the code says now."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from artifact_assets.configuration.settings import Settings
from artifact_assets.configuration.variables import VARIABLES
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.states import IntentState, MeetingState
from artifact_assets.reference.configuration_page import keys_without_meaning, needless_meanings
from artifact_assets.reference.pages import PAGES
from artifact_assets.reference.schemas import NAMES, schema_of

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_current(name: str) -> None:
    current = (DOCS / name).read_text("utf-8") if (DOCS / name).exists() else ""
    assert PAGES[name]() == current, f"docs/{name} is out of date: run `python docs/generate.py` and commit it"


def test_every_configuration_key_says_what_it_means() -> None:
    assert keys_without_meaning() == [], "give them a Field(description=...)"


def test_no_meaning_is_told_twice_or_for_nothing() -> None:
    assert needless_meanings() == [], "take them out of reference/meanings.py"


def test_every_environment_variable_that_is_read_is_described() -> None:
    read = Recording()
    Settings.from_environment(read)
    described = {variable.name for variable in VARIABLES}
    assert read.names <= described
    # The only one read elsewhere: by the outermost shell, which must work when nothing else does.
    assert described - read.names == {"ARTIFACTS_TRACEBACK"}


def test_every_state_and_failure_class_is_on_the_states_page() -> None:
    page = PAGES["states.md"]()
    for name in (*MeetingState, *IntentState, *FailureClass):
        assert f"| `{name}` |" in page


def test_the_artifact_schema_is_version_1() -> None:
    schema = schema_of("artifact-1")
    assert schema["properties"]["schema_version"]["const"] == 1
    assert {"meeting_id", "revision", "items", "trace"} <= set(schema["required"])


def test_no_key_of_a_sidecar_is_required() -> None:
    assert "required" not in schema_of("sidecar")


@pytest.mark.parametrize("name", NAMES)
def test_every_reference_in_a_schema_leads_somewhere(name: str) -> None:
    text = json.dumps(schema_of(name))
    referenced = {part.split('"')[0] for part in text.split('"#/$defs/')[1:]}
    assert referenced <= set(schema_of(name).get("$defs", {}))


class Recording(Mapping[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __getitem__(self, key: str) -> str:
        self.names.add(key)
        return os.environ.get("NOTHING_IS_SET", "")

    def get(self, key: str, default: str | None = None) -> str | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        self.names.add(key)
        return default

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0
