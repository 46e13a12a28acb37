"""A meeting that people reviewed becomes a case.

What belongs here: what each verdict means as a label, and writing the case's files. What does not: reading the ledger (see
``evals.commands.add``), making words harmless (see ``pseudonyms``).

What a person approved or wrote is expected; what they rejected is forbidden. What the rules accepted and nobody looked at is
expected but optional, so that it counts neither way, unless the reviewer says that the whole meeting was read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from artifact_assets.configuration.schema import Configuration
from artifact_assets.domain.art.decisions import Decision, Ruling
from artifact_assets.domain.artifact import (
    ActionItem,
    Artifact,
    Content,
    FieldUpdate,
    Item,
    ItemKind,
    NextStep,
    headline,
)
from artifact_assets.domain.transcript import Transcript
from evals.dataset.case import Case, Expected, Forbidden
from evals.pseudonyms import Pseudonyms
from evals.scoring.matching import turns_of
from resources.files import make_private_folder, write_private

UNREVIEWED = "unreviewed"


@dataclass(frozen=True)
class Added:
    """The new case, and where reviewer and rules disagree."""

    case: Case
    transcript: Transcript
    disagreements: tuple[str, ...]


def case_of(
    artifact: Artifact,
    transcript: Transcript,
    decisions: Mapping[str, Decision],
    *,
    complete: bool,
    pseudonyms: Pseudonyms | None,
) -> Added:
    """The case of a validated meeting. ``complete``: the reviewer vouches for everything that nobody decided on."""
    shown = pseudonyms.transcript(transcript) if pseudonyms else transcript
    expected: list[Expected] = []
    forbidden: list[Forbidden] = []
    disagreements: list[str] = []
    for number, item in enumerate(artifact.items):
        decision = decisions.get(item.item_id)
        disagreements += _disagreement(item, decision)
        if decision is not None and decision.ruling is Ruling.REJECT:
            kind = ItemKind(item.content.kind)
            forbidden.append(
                Forbidden(kind=kind, evidence=tuple(sorted(turns_of(item))), reason="rejected by a reviewer")
            )
        elif decision is not None or item in artifact.accepted:
            content = decision.content if decision is not None else item.content
            optional = decision is None and not complete
            expected.append(_expected(f"i{number}", content, item, optional=optional, pseudonyms=pseudonyms))
    case = Case(
        case=artifact.meeting_id,
        domain=transcript.kind or "unknown",
        traits=("production", *(() if complete else (UNREVIEWED,))),
        language=transcript.language or "en",
        transcript=f"transcripts/{artifact.meeting_id}.json",
        configuration=f"configurations/{artifact.meeting_id}.yaml",
        expected=tuple(expected),
        forbidden=tuple(forbidden),
    )
    return Added(case, shown, tuple(disagreements))


def write_case(folder: Path, added: Added, configuration: Configuration) -> Path:
    """The case's line and files in a dataset folder, read by their owner only. A case of the same name is replaced."""
    for name in ("cases", "transcripts", "configurations"):
        make_private_folder(folder / name)
    told = added.transcript.model_dump(mode="json")
    write_private(folder / added.case.transcript, json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    kept = configuration.model_dump(mode="json", include={"tags", "fields", "art"})
    write_private(folder / (added.case.configuration or ""), yaml.safe_dump(kept, allow_unicode=True))
    path = folder / "cases" / "production.jsonl"
    known: Sequence[str] = path.read_text(encoding="utf-8").splitlines() if path.exists() else ()
    others = [line for line in known if line.strip() and json.loads(line)["case"] != added.case.case]
    fresh = json.dumps(added.case.model_dump(mode="json", exclude_none=True), ensure_ascii=False)
    write_private(path, "\n".join((*others, fresh)) + "\n")
    return path


def _expected(name: str, content: Content, item: Item, *, optional: bool, pseudonyms: Pseudonyms | None) -> Expected:
    def said(text: str | None) -> str | None:
        return pseudonyms.hide(text) if pseudonyms and text else text

    more: dict[str, Any] = {}
    if isinstance(content, ActionItem):
        more["owner"] = said(content.owner)
    if isinstance(content, ActionItem | NextStep):
        more |= {"due": content.due, "due_text": content.due_text}
    if isinstance(content, FieldUpdate):
        more |= {"object": content.object, "field": content.field, "value": said(content.value)}
    return Expected(
        id=name,
        kind=ItemKind(content.kind),
        text=said(headline(content)) or "",
        evidence=tuple(sorted(turns_of(item))),
        optional=optional,
        **more,
    )


def _disagreement(item: Item, decision: Decision | None) -> list[str]:
    """A sentence when a person saw it otherwise than the rules; without the meeting's words, which stay in the files."""
    if decision is None:
        return []
    codes = ", ".join(sorted({failure.code for failure in item.failures})) or "no reason"
    named = f"{item.content.kind} {item.item_id}"
    match decision.ruling:
        case Ruling.APPROVE:
            return [f"{named}: the rules held it ({codes}), {decision.by} approved it: {decision.why}"]
        case Ruling.REJECT:
            return [f"{named}: the rules gave {codes}, {decision.by} rejected it: {decision.why}"]
        case Ruling.EDIT:
            before, after = decision.original.model_dump(), decision.content.model_dump()
            changed = ", ".join(sorted(key for key in after if after[key] != before.get(key)))
            return [f"{named}: {decision.by} corrected {changed or 'nothing'}: {decision.why}"]
