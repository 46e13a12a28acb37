"""Numbers as people write and say them.

What belongs here: reading one number out of consecutive words ("25k", "twenty-five thousand", "one and a half
million"). What does not: units (see ``amounts``), dates (see ``days``) and alignment (see ``domain.grounding``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

_UP_TO_19 = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen"""
UNITS = {word: value for value, word in enumerate(_UP_TO_19.split())}
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
TENS = {word: 10 * (n + 2) for n, word in enumerate(_TENS.split())}
SCALES = {
    "hundred": 100, "thousand": 1_000, "grand": 1_000, "k": 1_000, "million": 1_000_000, "mil": 1_000_000,
    "mio": 1_000_000, "billion": 1_000_000_000, "bn": 1_000_000_000, "dozen": 12,
}  # fmt: skip
_ORDINALS = """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
    fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"""
ORDINALS = {word: value for value, word in enumerate(_ORDINALS.split(), 1)} | {"thirtieth": 30}
# "a k" is no number, "more than thousand minutes" holds one.
_BARE = frozenset({"hundred", "thousand", "million", "billion", "dozen"})
_STARTS = frozenset({*UNITS, *TENS, *ORDINALS, *_BARE, "half", "a"})
NUMBER_WORDS = frozenset({*_STARTS, *SCALES} - {"a"})
"""Text without digits and without any of these holds no number: "a" begins one only before a scale."""
_DIGITS = re.compile(r"(\d+(?:[.,]\d+)*)(st|nd|rd|th|k|m|mm|mn|mio|bn|b)?")
_SUFFIX = {
    "k": 1_000, "m": 1_000_000, "mm": 1_000_000, "mn": 1_000_000, "mio": 1_000_000, "bn": 10**9, "b": 10**9
}  # fmt: skip
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_GROUPED_DOTS = re.compile(r"\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?|\d{1,3}(?:\.\d{3})+,\d+")


@dataclass(frozen=True)
class Numeral:
    """A number read from words ``start`` to ``end`` (exclusive). ``ordinal`` for "3rd" and "third"."""

    start: int
    end: int
    value: Decimal
    ordinal: bool = False

    @property
    def canonical(self) -> str:
        """The value without exponent or trailing zeros, with ``th`` for ordinals: ``25000``, ``1.5``, ``3th``."""
        return plain(self.value) + ("th" if self.ordinal else "")


def plain(value: Decimal) -> str:
    """``value`` without exponent and trailing zeros."""
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def digits_value(text: str) -> Decimal | None:
    """The value of written digits with separators: ``25,000``, ``1.5``, ``1.250.000,50``. None when it is no number.

    One dot before three digits is read as a decimal point, as English writes it.
    """
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    elif _GROUPED_DOTS.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    elif "," in text:
        head, _, tail = text.partition(",")
        if not tail.isdigit():
            return None
        text = f"{head}.{tail}"
    if text.count(".") > 1 or not text.isascii():
        return None
    return Decimal(text)


def numeral_at(words: Sequence[str], at: int) -> Numeral | None:  # noqa: PLR0911  a grammar branches
    """The longest number that starts at word ``at``; words are lower case. None when no number starts there."""
    word = words[at]
    # Most words begin no number; asking the set first makes reading a transcript three times as fast.
    if word not in _STARTS and not word[0].isdigit():
        return None
    written = _DIGITS.fullmatch(word)
    if written:
        return _written(words, at, written)
    if word in ORDINALS:
        return Numeral(at, at + 1, Decimal(ORDINALS[word]), ordinal=True)
    if word == "half" and _is(words, at + 1, "a") and _scale(words, at + 2):
        return Numeral(at, at + 3, Decimal(_scale(words, at + 2)) / 2)
    if word == "a" and _scale(words, at + 1) and words[at + 1] != "k":
        return _spoken(words, at + 1, at, Decimal(1))
    if word in _BARE and SCALES[word]:
        return _spoken(words, at, at, Decimal(1))
    small = _small(words, at)
    if small is None:
        return None
    value, after, ordinal = small
    if ordinal:
        return Numeral(at, after, Decimal(value), ordinal=True)
    return _spoken(words, after, at, Decimal(value))


def _written(words: Sequence[str], at: int, written: re.Match[str]) -> Numeral | None:
    value = digits_value(written[1])
    if value is None:
        return None
    suffix = written[2]
    if suffix in ("st", "nd", "rd", "th"):
        return Numeral(at, at + 1, value, ordinal=True)
    if suffix:
        return Numeral(at, at + 1, value * _SUFFIX[suffix])
    scale = _scale(words, at + 1)
    return Numeral(at, at + 2, value * scale) if scale else Numeral(at, at + 1, value)


def _spoken(words: Sequence[str], at: int, start: int, value: Decimal) -> Numeral:
    """Continue a spoken number after its first small part."""
    if _is(words, at, "point") and at + 1 < len(words) and words[at + 1] in UNITS:
        fraction = ""
        at += 1
        while at < len(words) and words[at] in UNITS and UNITS[words[at]] < 10:
            fraction += str(UNITS[words[at]])
            at += 1
        value = Decimal(f"{plain(value)}.{fraction or '0'}")
    elif _is(words, at, "and") and _is(words, at + 1, "a") and _is(words, at + 2, "half"):
        value, at = value + Decimal("0.5"), at + 3
    elif 18 <= value <= 21 and _pair_year(words, at) is not None:
        small = _small(words, at)
        assert small is not None
        return Numeral(start, small[1], value * 100 + small[0])
    total, current = Decimal(0), value
    while at < len(words):
        scale = _scale(words, at)
        if scale == 100:
            current, at = current * 100, at + 1
        elif scale:
            total, current, at = total + current * scale, Decimal(0), at + 1
        else:
            joint = at + 1 if _is(words, at, "and") and at > start + 1 else at
            small = _small(words, joint) if joint < len(words) and (joint > start + 1) else None
            room = 100 if current and current % 100 == 0 else 1000 if not current else 0
            if small is None or small[2] or not room or not total + current or small[0] >= room:
                break
            current, at = current + small[0], small[1]
    return Numeral(start, at, total + current)


def _pair_year(words: Sequence[str], at: int) -> int | None:
    """The second half of a year said as two numbers, "twenty twenty-six"."""
    small = _small(words, at) if at < len(words) else None
    return small[0] if small and not small[2] and 10 <= small[0] < 100 else None


def _small(words: Sequence[str], at: int) -> tuple[int, int, bool] | None:
    """A number below 100 at ``at``: value, the index after it, and whether it is an ordinal."""
    word = words[at]
    if word in UNITS:
        return UNITS[word], at + 1, False
    if word not in TENS:
        return None
    if at + 1 < len(words):
        after = words[at + 1]
        if 0 < UNITS.get(after, 0) < 10:
            return TENS[word] + UNITS[after], at + 2, False
        if ORDINALS.get(after, 99) < 10:
            return TENS[word] + ORDINALS[after], at + 2, True
    return TENS[word], at + 1, False


def _is(words: Sequence[str], at: int, word: str) -> bool:
    return at < len(words) and words[at] == word


def _scale(words: Sequence[str], at: int) -> int:
    return SCALES.get(words[at], 0) if at < len(words) else 0
