"""What the example meetings state plainly is found, and what they warn of is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from artifact_assets.domain.artifact import Claim, FieldUpdate, headline
from artifact_assets.domain.brief import Brief, Vocabulary
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.meeting import Sidecar
from artifact_assets.domain.transcript import Transcript
from artifact_assets.extraction.deterministic.extractor import extraction
from artifact_assets.formats.joining import join_sidecar
from artifact_assets.formats.reading import read_transcript

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NOT_SOURCES = (".expected.json", ".meta.json")
# The examples may gain a sentence the rules do not know; they may not lose what they know.
LEAST_PLAIN = 0.95


def meetings() -> Iterator[tuple[dict[str, Any], Transcript]]:
    for expected in sorted((EXAMPLES / "meetings").glob("*.expected.json")):
        name = expected.name.removesuffix(".expected.json")
        source = next(p for p in expected.parent.glob(f"{name}.*") if not p.name.endswith(NOT_SOURCES))
        try:
            transcript = read_transcript(source.read_bytes(), file_name=source.name)
        except PipelineError:
            continue
        sidecar = expected.with_name(f"{name}.meta.json")
        if sidecar.exists():
            transcript = join_sidecar(transcript, Sidecar.model_validate_json(sidecar.read_text(encoding="utf-8")))
        yield json.loads(expected.read_text(encoding="utf-8")), transcript


@pytest.fixture(scope="module")
def outcomes() -> list[tuple[dict[str, Any], tuple[Claim, ...]]]:
    config = yaml.safe_load((EXAMPLES / "artifacts.yaml").read_text(encoding="utf-8"))
    vocabulary = Vocabulary.model_validate({key: config[key] for key in ("tags", "fields")})
    found: list[tuple[dict[str, Any], tuple[Claim, ...]]] = []
    for expected, talk in meetings():
        brief = Brief(kind=talk.kind, started_at=talk.started_at, participants=talk.participants, vocabulary=vocabulary)
        found.append((expected, extraction(talk, "d" * 64, brief).claims))
    return found


def named(wanted: dict[str, Any], claim: Claim, where: str) -> bool:
    content = claim.content
    if content.kind != wanted["kind"]:
        return False
    if isinstance(content, FieldUpdate):
        same = wanted["contains"] in ("", f"{content.object}.{content.field}")
        return same and wanted.get("value") in (None, content.value)
    return str(wanted["contains"]).lower() in where.lower()


def test_what_is_said_plainly_is_delivered_with_owner_and_date(
    outcomes: list[tuple[dict[str, Any], tuple[Claim, ...]]],
) -> None:
    plain, found = 0, 0
    for expected, claims in outcomes:
        for wanted in expected.get("must_find", []):
            if wanted.get("level") == "plain":
                plain += 1
                found += any(
                    named(wanted, claim, headline(claim.content))
                    and not claim.suggested
                    and wanted.get("owner") in (None, getattr(claim.content, "owner", None))
                    and wanted.get("due") in (None, str(getattr(claim.content, "due", None)))
                    for claim in claims
                )
    assert plain > 100
    assert found >= LEAST_PLAIN * plain


def test_what_was_taken_back_hypothetical_or_past_is_not_claimed(
    outcomes: list[tuple[dict[str, Any], tuple[Claim, ...]]],
) -> None:
    wrong = [
        (wanted["why"], headline(claim.content))
        for expected, claims in outcomes
        for wanted in expected.get("must_not_find", [])
        for claim in claims
        if named(wanted, claim, f"{headline(claim.content)} {' '.join(e.quote for e in claim.evidence)}")
    ]
    assert wrong == []
