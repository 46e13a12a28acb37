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
from artifact_assets.domain.grounding.words import Word, words_of
from artifact_assets.domain.quantities.amounts import CURRENCIES, UNITS, Mention, mentions_of
from artifact_assets.domain.quantities.days import days_of, parse_day


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
    if not subject.turns:
        return
    if rule.type in (FieldType.TEXT, FieldType.ENUM) and not _said(content.value, rule, subject):
        yield failure(Code.VALUE_NOT_IN_EVIDENCE, f"The value of {rule.name} was not said in the evidence.")
    if (
        rule.type in (FieldType.NUMBER, FieldType.MONEY)
        and problem is None
        and not _meant(content.value, rule, subject)
    ):
        yield failure(
            Code.VALUE_NOT_IN_EVIDENCE, f"The number said there is not the {rule.field} of the {rule.object}."
        )


def _meant(value: str, rule: FieldRule, subject: Subject) -> bool:
    """Whether a number that was said can be this field's.

    Where sums of money were named, a money field takes one of them and a count takes none. Of the others, the number
    nearest to a phrase configured for the field is meant: "25 seats over two years" has 25 seats.
    """
    claimed = mentions_of(words_of(value))[0]
    heard, possible = False, False
    for sentence in subject.said:
        words = words_of(sentence)
        dated = {at for day in days_of(words, None) for at in range(day.start, day.end)}
        undated = [m for m in mentions_of(words) if m.start not in dated]
        heard = heard or any(m.backs(claimed) for m in undated)
        money = [m for m in undated if m.unit in CURRENCIES]
        if rule.type is FieldType.MONEY:
            found = money or [m for m in undated if m.unit is None]
        else:
            found = [m for m in undated if m.unit not in CURRENCIES]
        possible = possible or any(m.backs(claimed) for m in _nearest(found, words, rule))
    # A number nobody said has its own reason.
    return possible or not heard


def _nearest(found: list[Mention], words: list[Word], rule: FieldRule) -> list[Mention]:
    """The mentions nearest to a phrase of the field; all where no phrase was said."""
    texts = [word.text for word in words]
    phrases = [[word.text for word in words_of(phrase)] for phrase in (*rule.phrases, rule.field.replace("_", " "))]
    places = [at for phrase in phrases if phrase for at in range(len(texts)) if texts[at : at + len(phrase)] == phrase]
    if not places:
        return found
    away = {m.start: min(abs(m.start - at) for at in places) for m in found}
    least = min(away.values(), default=0)
    return [m for m in found if away[m.start] == least]


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
