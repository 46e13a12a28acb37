"""Accuracy of field values: of the configured type, allowed, and said.

What belongs here: rules about the value of a field update. What does not: whether the field is configured (see
``vocabulary``) and numbers in general (see ``values``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from artifact_assets.domain.art.codes import Code, failure
from artifact_assets.domain.art.likeness import compact, content_words, stem, support
from artifact_assets.domain.art.subject import Subject
from artifact_assets.domain.art.vocabulary import rule_of
from artifact_assets.domain.artifact import FieldUpdate, RuleFailure
from artifact_assets.domain.brief import FieldRule, FieldType
from artifact_assets.domain.grounding.words import words_of
from artifact_assets.domain.quantities.amounts import UNITS, mentions_of
from artifact_assets.domain.quantities.days import parse_day


def field_values(subject: Subject) -> Iterator[RuleFailure]:
    """The value parses as its field's type, is in the allowed set, and its words were said."""
    content = subject.content
    if not isinstance(content, FieldUpdate):
        return
    rule = rule_of(content, subject.scene.brief.vocabulary)
    if rule is None:
        return
    problem = _invalid(content.value, rule)
    if problem is not None:
        yield failure(Code.VALUE_INVALID, f"{rule.name}: {problem}.")
    if subject.turns and rule.type in (FieldType.TEXT, FieldType.ENUM) and not _said(content.value, rule, subject):
        yield failure(Code.VALUE_NOT_IN_EVIDENCE, f"The value of {rule.name} was not said in the evidence.")


def _invalid(value: str, rule: FieldRule) -> str | None:
    match rule.type:
        case FieldType.TEXT:
            return None if value.strip() else "the value is empty"
        case FieldType.ENUM:
            return None if value in rule.values else f"{value!r} is none of {', '.join(rule.values)}"
        case FieldType.DATE:
            return None if parse_day(value) else f"{value!r} is not a date like 2026-11-30"
        case FieldType.NUMBER | FieldType.MONEY:
            words = words_of(value)
            found = mentions_of(words)
            other = [w.text for w in words if w.text[0] != "#" and w.text not in UNITS]
            if len(found) != 1 or other or found[0].ordinal:
                return f"{value!r} is not one number"
            if value.strip().startswith("-") or (rule.type is FieldType.MONEY and found[0].unit == "percent"):
                return f"{value!r} is not an amount"
            return None


def _said(value: str, rule: FieldRule, subject: Subject) -> bool:
    heard = " ".join(subject.said)
    if compact(value) in compact(heard):
        return True
    said = {stem(word) for word in content_words(heard)}
    wanted = [stem(w) for w in content_words(value.replace("_", " ").replace("-", " "))]
    # An allowed value is a label ("closed_won") and rarely spoken whole; free text has to be.
    needed = 0.01 if rule.type is FieldType.ENUM else 1.0
    if rule.type is FieldType.ENUM and not wanted:
        return re.sub(r"\W|_", "", value.casefold()) in compact(heard)
    return bool(wanted) and support(wanted, said) >= needed
