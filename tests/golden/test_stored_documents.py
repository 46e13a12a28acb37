"""Documents stored by earlier versions keep their meaning.

What belongs here: one golden file for every schema version there ever was. They are never changed: a new version adds one.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest

from artifact_assets.domain.artifact import Artifact, Item, ItemState
from artifact_assets.domain.documents import Document
from artifact_assets.domain.meeting import Sidecar
from artifact_assets.domain.transcript import Transcript

GOLDEN = Path(__file__).parent
MODELS: list[tuple[str, type[Document]]] = [
    ("artifact-1.json", Artifact),
    ("transcript-1.json", Transcript),
    ("sidecar.meta.json", Sidecar),
]


@pytest.mark.parametrize(("name", "model"), MODELS)
def test_a_stored_document_still_parses_and_loses_nothing(name: str, model: type[Document]) -> None:
    stored = json.loads((GOLDEN / name).read_text("utf-8"))
    read = model.model_validate_json(json.dumps(stored)).model_dump(mode="json")
    assert lost(stored, read) == []


def test_the_golden_artifact_means_what_it_meant() -> None:
    artifact = Artifact.model_validate_json((GOLDEN / "artifact-1.json").read_bytes())
    kinds = {item.content.kind: item for item in artifact.items}
    assert sorted(kinds) == ["action_item", "decision", "field_update", "next_step", "tag"]
    assert kinds["action_item"].content.model_dump()["due"] == date(2026, 11, 20)
    assert [item.item_id for item in artifact.accepted] == ["8f94d63f657faa6ac0b9", "aec76917b120ed64bb71"]
    assert [item.state for item in artifact.quarantined] == [ItemState.QUARANTINED]
    assert artifact.failures[0].code == "meeting_in_future"


def test_the_golden_artifact_uses_every_field_an_artifact_has() -> None:
    """A field that no golden file holds could change its meaning unseen."""
    stored = json.loads((GOLDEN / "artifact-1.json").read_text("utf-8"))
    assert set(stored) == set(Artifact.model_fields)
    assert set(stored["items"][0]) == set(Item.model_fields)


def test_an_unknown_key_in_a_stored_document_is_refused() -> None:
    stored = json.loads((GOLDEN / "artifact-1.json").read_text("utf-8"))
    with pytest.raises(ValueError, match="surprise"):
        Artifact.model_validate({**stored, "surprise": 1})


def test_a_document_of_a_later_schema_version_is_refused() -> None:
    stored = json.loads((GOLDEN / "artifact-1.json").read_text("utf-8"))
    with pytest.raises(ValueError, match="schema_version"):
        Artifact.model_validate({**stored, "schema_version": 99})


def lost(stored: Any, read: Any, place: str = "") -> list[str]:
    """Places whose stored value did not survive; what a newer version adds is welcome."""
    if isinstance(stored, dict):
        members = cast("dict[str, Any]", stored)
        return [each for key, value in members.items() for each in lost(value, read.get(key), f"{place}/{key}")]
    if isinstance(stored, list):
        pairs = zip(cast("list[Any]", stored), read, strict=True)
        return [each for number, (one, other) in enumerate(pairs) for each in lost(one, other, f"{place}/{number}")]
    return [] if stored == read else [place]
