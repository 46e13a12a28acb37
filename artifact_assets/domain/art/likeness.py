"""Words of a claim against words that were said.

What belongs here: whether one word stands for another in a paraphrase, and how much of a text was said. What does not:
quotes, which have to be nearly verbatim (see ``domain.grounding``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from rapidfuzz.fuzz import ratio

from artifact_assets.domain.grounding.stopwords import FUNCTION_WORDS
from artifact_assets.domain.grounding.words import words_of

_ENDINGS = (
    "ations",
    "ation",
    "ments",
    "ment",
    "ings",
    "ing",
    "ions",
    "ion",
    "ers",
    "er",
    "ies",
    "ed",
    "es",
    "ly",
    "s",
    "e",
    "y",
)
_SHORTEST_STEM = 3
_LONG = 5


def content_words(text: str) -> list[str]:
    """Normalized words of ``text`` that carry meaning, numbers left out, in order."""
    return [w.text for w in words_of(text) if w.text[0] != "#" and w.text not in FUNCTION_WORDS and len(w.text) > 1]


# Talk repeats its words; a few thousand of them are a few hundred kilobytes.
@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """``word`` without a common English ending; crude on purpose, as both sides are cut the same way."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def stems(text: str) -> frozenset[str]:
    """Stems of the meaningful words of ``text``."""
    return frozenset(stem(word) for word in content_words(text))


def alike(one: str, other: str) -> bool:
    """Whether two stems are forms or misspellings of one word."""
    if one == other:
        return True
    if len(one) < _LONG or len(other) < _LONG:
        return False
    return one[:_LONG] == other[:_LONG] or ratio(one, other) >= 85


def support(claimed: Sequence[str], said: Iterable[str]) -> float:
    """Share of the stems ``claimed`` that occur among ``said``; 1 when nothing is claimed."""
    if not claimed:
        return 1.0
    heard = frozenset(said)
    return sum(one in heard or any(alike(one, other) for other in heard) for one in claimed) / len(claimed)


def compact(text: str) -> str:
    """``text`` in lower case without anything between its letters and digits, to find "SharePoint" in "share point"."""
    return "".join(ch for ch in text.casefold() if ch.isalnum())
