"""Reading a filled-in form: from the model's text to claims, or to what is wrong with it.

What belongs here: shape, references and cleaning of strings. What does not: whether a claim is true (see ``domain.art``);
a claim that this file lets through is judged there like any other.

Problems name places and codes of the form, never words of the meeting.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import Field, StrictInt, StrictStr, ValidationError

from artifact_assets.domain.artifact import ActionItem, Claim, Content, Decision, Evidence, FieldUpdate, NextStep, Tag
from artifact_assets.domain.brief import Vocabulary
from artifact_assets.domain.documents import Document
from artifact_assets.extraction.model.conversation import one_line

MAX_ITEMS = 200
MAX_TEXT = 1000
MAX_PROBLEMS = 20


class _Quoted(Document):
    turns: tuple[StrictInt, ...]
    quote: StrictStr = Field(max_length=4 * MAX_TEXT)


class _Proven(Document):
    evidence: tuple[_Quoted, ...] = Field(max_length=50)


class _Action(_Proven):
    text: StrictStr = Field(max_length=MAX_TEXT)
    owner: StrictStr | None = Field(max_length=MAX_TEXT)
    due: StrictStr | None = Field(max_length=40)
    due_text: StrictStr | None = Field(max_length=MAX_TEXT)


class _Decision(_Proven):
    text: StrictStr = Field(max_length=MAX_TEXT)


class _NextStep(_Proven):
    text: StrictStr = Field(max_length=MAX_TEXT)
    due: StrictStr | None = Field(max_length=40)
    due_text: StrictStr | None = Field(max_length=MAX_TEXT)


class _FieldUpdate(_Proven):
    field: StrictStr = Field(max_length=MAX_TEXT)
    value: StrictStr = Field(max_length=MAX_TEXT)


class _Tag(_Proven):
    tag: StrictStr = Field(max_length=MAX_TEXT)


class _Form(Document):
    action_items: tuple[_Action, ...] = Field(max_length=MAX_ITEMS)
    decisions: tuple[_Decision, ...] = Field(max_length=MAX_ITEMS)
    next_steps: tuple[_NextStep, ...] = Field(max_length=MAX_ITEMS)
    field_updates: tuple[_FieldUpdate, ...] = Field(default=(), max_length=MAX_ITEMS)
    tags: tuple[_Tag, ...] = Field(default=(), max_length=MAX_ITEMS)


@dataclass(frozen=True)
class Reading:
    """What a form says. ``usable`` is False when its shape is wrong; ``problems`` are worth one more request either way."""

    claims: tuple[Claim, ...]
    problems: tuple[str, ...]
    usable: bool


def read_answer(text: str, turns: frozenset[int], vocabulary: Vocabulary) -> Reading:
    """The claims in ``text``. ``turns`` are the numbers that may be cited."""
    try:
        form = _Form.model_validate(_loaded(text))
    except ValidationError as error:
        return Reading((), tuple(_problems(error)), usable=False)
    except (ValueError, RecursionError):
        return Reading((), ("the answer is not one JSON object",), usable=False)
    found: list[Claim] = []
    wrong: list[str] = []
    for place, item in _items(form):
        evidence = tuple(Evidence(turns=quoted.turns, quote=_clean(quoted.quote)) for quoted in item.evidence)
        content, problem = _content(item, vocabulary)
        found.append(Claim(content=content, evidence=evidence))
        wrong += [f"{place}: {told}" for told in (problem, _reference_problem(evidence, turns)) if told]
    return Reading(tuple(found), tuple(wrong[:MAX_PROBLEMS]), usable=True)


def _items(form: _Form) -> Iterator[tuple[str, _Action | _Decision | _NextStep | _FieldUpdate | _Tag]]:
    lists: dict[str, Sequence[_Action | _Decision | _NextStep | _FieldUpdate | _Tag]] = {
        "action_items": form.action_items,
        "decisions": form.decisions,
        "next_steps": form.next_steps,
        "field_updates": form.field_updates,
        "tags": form.tags,
    }
    for name, items in lists.items():
        for number, item in enumerate(items):
            yield f"{name}[{number}]", item


def _content(
    item: _Action | _Decision | _NextStep | _FieldUpdate | _Tag, vocabulary: Vocabulary
) -> tuple[Content, str | None]:
    match item:
        case _Action():
            due, problem = _due(item.due)
            owner = _clean(item.owner) if item.owner else None
            text, due_text = _clean(item.text), _clean(item.due_text) if item.due_text else None
            return ActionItem(text=text, owner=owner or None, due=due, due_text=due_text), problem
        case _Decision():
            return Decision(text=_clean(item.text)), None
        case _NextStep():
            due, problem = _due(item.due)
            due_text = _clean(item.due_text) if item.due_text else None
            return NextStep(text=_clean(item.text), due=due, due_text=due_text), problem
        case _FieldUpdate():
            rule = next((rule for rule in vocabulary.fields if rule.name == item.field), None)
            problem = None if rule else "field is not one of the listed fields"
            if rule and rule.values and item.value not in rule.values:
                problem = "value is not one of the field's values"
            object_, _, field = _clean(item.field).partition(".")
            return FieldUpdate(object=object_, field=field, value=_clean(item.value)), problem
        case _Tag():
            known = any(rule.name == item.tag for rule in vocabulary.tags)
            return Tag(tag=_clean(item.tag)), None if known else "tag is not one of the listed tags"


def _due(text: str | None) -> tuple[date | None, str | None]:
    if not text:
        return None, None
    try:
        return date.fromisoformat(text), None
    except ValueError:
        return None, "due is not a date such as 2026-11-20, or null"


def _reference_problem(evidence: tuple[Evidence, ...], turns: frozenset[int]) -> str | None:
    if not evidence or not all(quoted.turns and quoted.quote for quoted in evidence):
        return "evidence needs a line number and a quote"
    if any(turn not in turns for quoted in evidence for turn in quoted.turns):
        return "evidence cites a line that is not in the transcript"
    return None


def _problems(error: ValidationError) -> Iterator[str]:
    for item in error.errors(include_input=False, include_url=False)[:MAX_PROBLEMS]:
        place = ".".join(str(part) for part in item["loc"]) or "the answer"
        yield f"{place}: {item['msg']}"


def _loaded(text: str) -> Any:
    """JSON, alone or in one fenced block, as servers without a grammar like to write it."""
    bare = text.strip()
    if bare.startswith("```") and bare.endswith("```"):
        bare = bare.removesuffix("```").partition("\n")[2]
    return json.loads(bare, parse_constant=_refuse)


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _clean(text: str) -> str:
    return one_line(text)
