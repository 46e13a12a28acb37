"""What is wrong with a labelled case of the golden set, as sentences.

What belongs here: rules that every hand-written case keeps, checked against its transcript and configuration. What does
not: loading datasets for scoring, which is ``evals``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from artifact_assets.configuration.schema import Configuration, read_configuration
from artifact_assets.domain.artifact import ItemKind
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.meeting import Sidecar
from artifact_assets.domain.transcript import Turn
from artifact_assets.formats.joining import join_sidecar
from artifact_assets.formats.reading import read_transcript

GOLDEN = Path(__file__).resolve().parents[2] / "evals" / "golden"
DOMAINS = {"sales", "recruiting", "internal", "support", "incident", "edge"}
KEYS = {
    "case",
    "domain",
    "traits",
    "language",
    "transcript",
    "sidecar",
    "configuration",
    "expected",
    "forbidden",
    "notes",
}
ITEM_KEYS = {
    *("id", "kind", "text", "evidence", "quote", "owner", "due", "due_text", "object", "field", "value", "optional"),
}
REASONS = {
    *("past", "hypothetical", "conditional", "hedged", "someone_should", "question_only", "other_party", "agenda"),
    *("reported_absent", "quoted", "retracted", "superseded", "in_call", "negation", "range", "sarcasm", "fiction"),
    *("small_talk", "unfinished", "not_discussed", "injection"),
}

Case = dict[str, Any]


def cases(folder: Path = GOLDEN) -> list[Case]:
    """Every case of the folder, in the order of its files."""
    files = sorted((folder / "cases").glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


def second_cases(folder: Path = GOLDEN) -> list[Case]:
    """Every case as the second labeller left it: the first one's meeting with the second one's labels."""
    meetings = {case["case"]: case for case in cases(folder)}
    files = sorted((folder / "second").glob("*.jsonl"))
    labels = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    return [meetings[told["case"]] | told for told in labels]


def turns_of(case: Case, folder: Path = GOLDEN) -> tuple[Turn, ...]:
    """The turns as ``normalize`` numbers them, with the sidecar joined. Raises PipelineError for what cannot be read."""
    file = folder / case["transcript"]
    read = read_transcript(file.read_bytes(), file_name=file.name)
    return join_sidecar(read, Sidecar.model_validate_json(json.dumps(case["sidecar"]))).turns


def complaints(case: Case, folder: Path = GOLDEN) -> list[str]:
    """Everything wrong with ``case``; empty when it keeps all rules."""
    missing = KEYS - case.keys()
    unknown = case.keys() - KEYS - {"expects"}
    if missing or unknown:
        return [f"keys missing {sorted(missing)} or unknown {sorted(unknown)}"]
    try:
        turns = turns_of(case, folder)
    except PipelineError as error:
        told = case.get("expects", {}).get("state") == "failed"
        return [] if told and not case["expected"] else [f"the transcript cannot be read: {error}"]
    configuration = read_configuration(folder / case["configuration"])
    return [*_shape(case), *_items(case, turns, configuration), *_forbidden(case, turns)]


def _shape(case: Case) -> Iterator[str]:
    if case["domain"] not in DOMAINS:
        yield f"domain {case['domain']}"
    if not case["notes"].strip() or not case["traits"]:
        yield "a case says in notes and traits why it exists"
    if case["sidecar"].get("started_at") is None and any(item["due"] for item in case["expected"]):
        yield "a due date needs the day of the meeting"
    ids = [item["id"] for item in case["expected"]]
    if len(ids) != len(set(ids)):
        yield f"ids repeat: {ids}"


def _items(case: Case, turns: tuple[Turn, ...], configuration: Configuration) -> Iterator[str]:
    people = {person["name"] for person in case["sidecar"]["participants"]} | {turn.speaker for turn in turns}
    for item in case["expected"]:
        name = item.get("id")
        if item.keys() != ITEM_KEYS or item["kind"] not in set(ItemKind):
            yield f"{name}: keys or kind"
            continue
        if (cited := _cited(item, turns)) is None:
            yield f"{name}: cites turns that are not there: {item['evidence']}"
            continue
        said = [" ".join(turn.text.split()) for turn in cited]
        if not item["quote"].strip() or not any(" ".join(item["quote"].split()) in text for text in said):
            yield f"{name}: the quote does not stand in a cited turn"
        if item["due_text"] is not None and not any(item["due_text"].lower() in text.lower() for text in said):
            yield f"{name}: nobody says {item['due_text']!r} in the cited turns"
        yield from _values(item, people, configuration)


def _values(item: Case, people: set[str | None], configuration: Configuration) -> Iterator[str]:
    name, kind = item["id"], item["kind"]
    if item["owner"] is not None and (kind != "action_item" or item["owner"] not in people):
        yield f"{name}: owner {item['owner']} is not in the meeting, or {kind} has none"
    if item["due"] is not None:
        if not _is_day(item["due"]):
            yield f"{name}: due {item['due']} is no date"
        if item["due_text"] is None or kind not in ("action_item", "next_step"):
            yield f"{name}: a due date needs its words, and an action item or next step"
    if kind == "tag" and item["value"] not in {tag.name for tag in configuration.tags}:
        yield f"{name}: no tag {item['value']}"
    if kind == "field_update":
        rule = next((f for f in configuration.fields if (f.object, f.field) == (item["object"], item["field"])), None)
        if rule is None:
            yield f"{name}: no field {item['object']}.{item['field']}"
        elif not _fits(str(rule.type), rule.values, item["value"]):
            yield f"{name}: {item['value']} is no {rule.type}"
    elif item["object"] is not None or item["field"] is not None:
        yield f"{name}: {kind} has no field"


def _forbidden(case: Case, turns: tuple[Turn, ...]) -> Iterator[str]:
    for number, trap in enumerate(case["forbidden"]):
        if trap.keys() != {"kind", "evidence", "reason"} or trap["reason"] not in REASONS:
            yield f"forbidden {number}: keys, or a reason that the guide does not know"
        elif trap["kind"] is not None and trap["kind"] not in set(ItemKind):
            yield f"forbidden {number}: kind {trap['kind']}"
        elif _cited(trap, turns) is None:
            yield f"forbidden {number}: cites turns that are not there: {trap['evidence']}"
        elif shared := [item["id"] for item in case["expected"] if _collides(trap, item)]:
            yield f"forbidden {number}: stands in a turn that also carries {shared}"


def _collides(trap: Case, item: Case) -> bool:
    """Whether a right answer would be taken for the trap."""
    return trap["kind"] in (None, item["kind"]) and bool(set(trap["evidence"]) & set(item["evidence"]))


def _cited(claim: Case, turns: tuple[Turn, ...]) -> list[Turn] | None:
    """The cited turns; None when there are none, one is not there, or they are not in order."""
    cited: list[int] = claim["evidence"]
    if not cited or cited != sorted(set(cited)) or cited[0] < 0 or cited[-1] >= len(turns):
        return None
    return [turns[index] for index in cited]


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _fits(kind: str, values: tuple[str, ...], value: str) -> bool:
    if kind in ("money", "number"):
        return value.replace(".", "", 1).isdigit()
    if kind == "date":
        return _is_day(value)
    return value in values if kind == "enum" else bool(value.strip())
