"""A short readable wording of an item, made only of words of its quote.

What belongs here: leaving words out and comparing wordings. What does not: inventing, reordering or resolving anything.
"""

from __future__ import annotations

import re

from artifact_assets.extraction.deterministic.lexicon import joined, words
from artifact_assets.extraction.deterministic.talk import lowered

MAX_WORDS = 40
_FILLERS = re.compile(
    joined(
        r"""(?:(?<=^)|(?<=[\s,]))(?:um+|uh+|erm?|hm+|you know|i mean|like(?=,)|sort of|kind of|basically|actually|honestly
        |obviously)(?:,\s*|\s+|$)"""
    ),
    re.IGNORECASE,
)
_OPENING = re.compile(
    joined(
        r"""^(?:(?:so|okay|ok|and|but|then|well|yes|yeah|yep|sure|right|great|perfect|good|alright|all right|now|also
        |no problem|oh|thanks|thank you|cool|fine|of course|absolutely|decision then|decision|sounds good)\b
        [,.:!;\u2014-]*\s*)+"""
    ),
    re.IGNORECASE,
)
_TAIL = re.compile(
    joined(
        r"""(?:,\s*(?:okay|ok|right|please|all right|alright|yeah|yes|thanks|if (?:that's|it's|you) [^,]*|don't worry
        |i think|so)\s*)+[?.!]*$"""
    ),
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z0-9][a-z0-9'.-]*[a-z0-9]|[a-z0-9]")
_STOP = words(
    """a about after again all also an and any are as at back be been before by can can't come could day do doing done don't
    end eod for from get give go going gonna got had has have he her here him his i i'll i'm if in into is it it's its just
    later let let's make me morning my need new next no not now of off ok okay on one or our out over own please put re ready
    right send she should so some soon sure take that that's the their them then there they thing this those to today
    together tomorrow too try up us until very via was we we'll week well what when which who will with won't would you
    you'll your monday tuesday wednesday thursday friday saturday sunday afternoon evening tonight month look write call
    share email set check ask"""
)


def worded(piece: str) -> str:
    """``piece`` without fillers, opening words and closing marks, its first letter a capital."""
    text = _FILLERS.sub("", piece.strip())
    text = _OPENING.sub("", text.strip())
    text = _TAIL.sub("", text)
    text = " ".join(text.split()[:MAX_WORDS]).strip(' ,;:.!?-\u2014\u2013\u2026"')
    return text[:1].upper() + text[1:]


def gist(text: str) -> frozenset[str]:
    """The content words of a wording, plural and tense endings off, for telling whether two wordings are about one thing."""
    return frozenset(_stem(word) for word in _WORD.findall(lowered(text)) if word not in _STOP)


def _stem(word: str) -> str:
    word = word.removesuffix("'s")
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word[: -len(ending)]
    return word.rstrip("e") if len(word) > 4 else word


def same_matter(left: frozenset[str], right: frozenset[str], share: float = 0.6) -> bool:
    """Whether two gists share at least ``share`` of the smaller one's words."""
    smaller = min(len(left), len(right))
    return smaller > 0 and len(left & right) >= share * smaller and (len(left & right) > 1 or smaller == 1)
