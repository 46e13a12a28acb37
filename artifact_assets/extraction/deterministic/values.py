"""Values of configured fields, read from the words around a phrase.

What belongs here: one value of one type out of one sentence, in the form it will be coerced from. What does not: which
sentence counts (see ``fields``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from artifact_assets.domain.brief import FieldRule, FieldType
from artifact_assets.domain.quantities.numerals import numeral_at, plain
from artifact_assets.extraction.deterministic.due_dates import find_dates
from artifact_assets.extraction.deterministic.lexicon import pattern
from artifact_assets.extraction.deterministic.talk import lowered

NEAR_CHARS = 60
BEFORE_CHARS = 25
# A bare number under this is no amount of money: "a budget of sixty" may mean sixty thousand, and nobody knows.
LEAST_BARE_AMOUNT = 1000
_TOKEN = re.compile(r"[a-z0-9]+(?:[.,]\d+)*")
_CURRENCY_BEFORE = re.compile(r"(?:[$\u20ac\u00a3\u00a5]|\b(?:usd|eur|gbp|chf)\b)\s*$")
_CURRENCY_AFTER = re.compile(
    r"\s*(?:[$\u20ac\u00a3]|dollars?\b|euros?\b|pounds?\b|bucks\b|francs?\b|usd\b|eur\b|gbp\b|chf\b|quid\b)"
)
_RANGE_BEFORE = pattern(
    r"""(?:\d|\b(?:hundred|thousand|million|k|ten|one|two|three|four|five|six|seven|eight|nine)|ty|teen)
    (?:\s*[-\u2013]\s*|\s+(?:to|or|and)\s+)$"""
)
_RANGE_AFTER = re.compile(r"^\s*(?:[-\u2013]\s*(?=\d)|(?:to|or)\s+(?=\d|[a-z]+(?:ty|teen|ten|hundred)\b))")
_BETWEEN = re.compile(r"\bbetween\s[^.;]{0,25}$")
_FROM = re.compile(r"\bfrom\s+[^,;]{0,25}$")
_PERCENT = re.compile(r"\s*(?:%|percent\b|per cent\b)")
_NOT = pattern(
    r"""(?:\bnot|n't|\bno longer|instead of|rather than|(?:up|down) from|(?:more|less) than|at least|up to|than|forget the)
    \s+(?:the |just |about |a |\$|\u20ac)*$"""
)
_PHONE = re.compile(r"\+?\(?\d[\d\s().-]{5,}\d")
_LEAD_WORDS = pattern(
    r"""^(?:(?:is|are|was|would be|will be|to be|:|,|-|the|a|an|still|now|just|actually|um|uh|called|about)(?!\w)\s*)+"""
)
_CUT = pattern(
    r"""[,.;:!?\u2014(]|$|\s(?:and|but|for|since|at|which|that|so|because|today
    |right now|now|in|with|from|as|if|when|then|to)\s"""
)
_EMPTY_TEXT = pattern(
    r"""^(?:it|that|this|them|those|there|here|not|no|n't|you|we|i|he|she|they|something|anything|nothing|someone|my|your|what
    |lot|bit|different|same|very|really|good|great|other|both|all|one)\b"""
)
MAX_TEXT_WORDS = 6


@dataclass(frozen=True, slots=True)
class Value:
    """A value as text, and where its words start in the sentence."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class _Number:
    value: Decimal
    start: int
    end: int


def value_near(rule: FieldRule, text: str, start: int, end: int, today: date | None) -> Value | None:
    """The value for ``rule`` in a sentence whose phrase stands at ``start`` to ``end``. None when missing or unclear."""
    lower = lowered(text)
    match rule.type:
        case FieldType.MONEY:
            return _pick_after_first(lower, [n for n in _numbers(lower) if _is_money(lower, n)], start, end)
        case FieldType.NUMBER:
            return _pick_before_first(lower, _numbers(lower), start, end)
        case FieldType.DATE:
            days = [
                due
                for due in find_dates(text, today)
                if -BEFORE_CHARS <= due.start - end <= NEAR_CHARS
                or due.start < end <= due.end + 1
                or (due.start >= start and due.start <= end + NEAR_CHARS)
            ]
            days = [due for due in days if not _NOT.search(lower, 0, due.start)]
            return Value(days[0].day.isoformat(), days[0].start) if len(days) >= 1 and days[0].day else None
        case FieldType.ENUM:
            return _enum(rule, lower, end, end + NEAR_CHARS)
        case FieldType.TEXT:
            return _text(text, lower, start, end)


def value_of_answer(rule: FieldRule, text: str, today: date | None) -> Value | None:
    """The only value of the rule's type in an answer. None when there is none or more than one; free text never."""
    lower = lowered(text)
    match rule.type:
        case FieldType.MONEY | FieldType.NUMBER:
            numbers = [n for n in _numbers(lower) if rule.type is FieldType.NUMBER or _is_money(lower, n)]
            return _single(lower, numbers)
        case FieldType.DATE:
            days = find_dates(text, today)
            return Value(days[0].day.isoformat(), days[0].start) if len(days) == 1 and days[0].day else None
        case FieldType.ENUM:
            return _enum(rule, lower, 0, len(lower))
        case FieldType.TEXT:
            return None


@lru_cache(maxsize=256)
def _numbers(lower: str) -> tuple[_Number, ...]:
    tokens = list(_TOKEN.finditer(lower))
    words = [token[0] for token in tokens]
    found: list[_Number] = []
    at = 0
    while at < len(words):
        numeral = numeral_at(words, at)
        if numeral is None or numeral.ordinal or words[at] == "a" or (words[at] == "one" and numeral.end == at + 1):
            at = max(at + 1, numeral.end if numeral else 0)
            continue
        end = numeral.end
        spoken = lower[tokens[at].start() : tokens[end - 1].end()]
        if "," in spoken and not re.search(r"\d,\d", spoken):
            end = at + 1
            numeral = numeral_at(words[:end], at) or numeral
        found.append(_Number(numeral.value, tokens[at].start(), tokens[end - 1].end()))
        at = end
    return tuple(n for n in found if not _PERCENT.match(lower, n.end) and not _attached(lower, n))


def _attached(lower: str, number: _Number) -> bool:
    """Whether the digits belong to a word, a telephone number or a time."""
    before, after = lower[: number.start], lower[number.end : number.end + 1]
    return (before.endswith(("-", ":", "/")) and before[-2:-1].isdigit()) or (
        after in "-:/" and lower[number.end + 1 : number.end + 2].isdigit()
    )


def _is_money(lower: str, number: _Number) -> bool:
    marked = _CURRENCY_BEFORE.search(lower, 0, number.start) or _CURRENCY_AFTER.match(lower, number.end)
    return bool(marked) or number.value >= LEAST_BARE_AMOUNT


def _clear(lower: str, number: _Number) -> bool:
    """Whether the number stands for itself: no end of a range, nothing it is said not to be."""
    before, after = lower[: number.start], lower[number.end :]
    if _NOT.search(before) or _BETWEEN.search(before) or _RANGE_AFTER.match(after):
        return False
    return not _RANGE_BEFORE.search(before) or _FROM.search(before) is not None


def _pick_after_first(lower: str, numbers: Sequence[_Number], start: int, end: int) -> Value | None:
    after = [n for n in numbers if end <= n.start <= end + NEAR_CHARS]
    before = [n for n in numbers if start - NEAR_CHARS <= n.end <= start]
    chosen = after[0] if after else before[-1] if before else None
    return Value(plain(chosen.value), chosen.start) if chosen and _clear(lower, chosen) else None


def _pick_before_first(lower: str, numbers: Sequence[_Number], start: int, end: int) -> Value | None:
    before = [
        n for n in numbers if start - BEFORE_CHARS <= n.end <= start and not re.search(r"[,;.]", lower[n.end : start])
    ]
    if before:
        return Value(plain(before[-1].value), before[-1].start) if _clear(lower, before[-1]) else None
    after = [
        n
        for n in numbers
        if end <= n.start <= end + BEFORE_CHARS
        and re.match(r"\s*(?:is|are|:|=|to|at|of|count|would be|will be)\b|:", lower[end:])
    ]
    return Value(plain(after[0].value), after[0].start) if after and _clear(lower, after[0]) else None


def _single(lower: str, numbers: Sequence[_Number]) -> Value | None:
    if len(numbers) != 1 or not _clear(lower, numbers[0]):
        return None
    return Value(plain(numbers[0].value), numbers[0].start)


def _enum(rule: FieldRule, lower: str, start: int, end: int) -> Value | None:
    found: list[tuple[int, str]] = []
    for value in rule.values:
        spelled = r"[\s_-]?".join(re.escape(part) for part in re.split(r"[\s_-]+", value.lower()))
        hit = re.compile(rf"(?<!\w){spelled}(?!\w)").search(lower, start, end)
        if hit and not _NOT.search(lower, 0, hit.start()):
            found.append((hit.start(), value))
    return Value(min(found)[1], min(found)[0]) if len(found) == 1 else None


def _text(text: str, lower: str, start: int, end: int) -> Value | None:
    number = next((n for n in _numbers(lower) if 0 <= start - n.end <= 1), None)
    if number is not None:
        unit = re.match(r"\w+", lower[start:])
        stop = start + (unit.end() if unit else 0)
        return Value(text[number.start : stop], number.start)
    phone = _PHONE.match(lower, end + len(lower[end:]) - len(lower[end:].lstrip(" :,")))
    if phone:
        return Value(text[phone.start() : phone.end()], phone.start())
    lead = _LEAD_WORDS.match(lower[end:].lstrip())
    begin = end + (len(lower[end:]) - len(lower[end:].lstrip())) + (lead.end() if lead else 0)
    if lower[end : end + 1] in (",", ".", ";", "?", "!"):
        return None
    cut = _CUT.search(lower, begin)
    value = text[begin : cut.start() if cut else len(text)].strip(" \"'")
    if not value or len(value.split()) > MAX_TEXT_WORDS or _EMPTY_TEXT.match(lowered(value)):
        return None
    return Value(value, begin)
