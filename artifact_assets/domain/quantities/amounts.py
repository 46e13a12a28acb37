"""Numbers with their units, as mentioned in words.

What belongs here: which values and units a text mentions, and whether one mention backs another. What does not: reading
a single number (see ``numerals``) and dates (see ``days``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from artifact_assets.domain.grounding.words import Word, words_of
from artifact_assets.domain.quantities.numerals import SCALES

CURRENCIES = frozenset({"dollar", "euro", "pound"})
UNITS = CURRENCIES | {"percent"}
_JOINTS = frozenset({"to", "or", "and", "through", "until"})
_THOUSAND = Decimal(1000)


@dataclass(frozen=True)
class Mention:
    """A value with its unit (percent, dollar, euro, pound or None), read from words ``start`` to ``end`` (exclusive).

    ``scaled`` are values it may also stand for: the 20 of "20 to 25k" may mean 20,000.
    """

    value: Decimal
    unit: str | None
    start: int
    end: int
    ordinal: bool = False
    scaled: tuple[Decimal, ...] = ()

    def backs(self, claimed: Mention) -> bool:
        """Whether having heard this mention makes ``claimed`` true.

        A claimed percentage needs a spoken one. A claimed currency may rest on a bare number, not on another currency.
        """
        if claimed.value != self.value and claimed.value not in self.scaled:
            return False
        if claimed.unit == "percent" or self.unit == "percent":
            return claimed.unit == self.unit or claimed.unit is None
        return claimed.unit is None or self.unit is None or claimed.unit == self.unit


def mentions_in(text: str) -> list[Mention]:
    """Every number ``text`` mentions, in order."""
    return mentions_of(words_of(text))


def mentions_of(words: Sequence[Word]) -> list[Mention]:
    """Every number among normalized ``words``, in order."""
    found: list[Mention] = []
    for at, word in enumerate(words):
        if word.text[0] != "#":
            continue
        ordinal = word.text.endswith("th")
        unit, end = _unit(words, at + 1)
        found.append(Mention(Decimal(word.text[1:].removesuffix("th")), unit, at, end, ordinal))
    return _prices(_ranges(words, found))


def _unit(words: Sequence[Word], at: int) -> tuple[str | None, int]:
    if at < len(words) and words[at].text in UNITS:
        return words[at].text, at + 1
    if at + 1 < len(words) and (words[at].text, words[at + 1].text) in {("per", "cent"), ("percentage", "points")}:
        return "percent", at + 2
    return None, at


def _prices(found: list[Mention]) -> list[Mention]:
    """A price said as two numbers, "twelve euros fifty" or "twelve fifty", may mean 12.50."""
    for n, (one, other) in enumerate(pairwise(found)):
        cents = other.value
        if other.start != one.end or not 10 <= cents < 100 or one.value != int(one.value) or one.ordinal:
            continue
        price = one.value + cents / 100
        found[n] = Mention(one.value, one.unit or other.unit, one.start, one.end, scaled=(*one.scaled, price))
    return found


def _ranges(words: Sequence[Word], found: list[Mention]) -> list[Mention]:
    """In "20 to 25k percent" the first number shares the second's unit and perhaps its scale."""
    for n in range(len(found) - 2, -1, -1):
        one, other = found[n], found[n + 1]
        if one.unit is not None or other.start - one.end != 1 or words[one.end].text not in _JOINTS:
            continue
        scaled = tuple(
            one.value * scale
            for scale in (_THOUSAND, Decimal(SCALES["million"]))
            if other.value >= scale and one.value < _THOUSAND
        )
        found[n] = Mention(one.value, other.unit, one.start, one.end, one.ordinal, scaled)
    return found
