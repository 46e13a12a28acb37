"""Text as comparable words with the place each came from.

What belongs here: case, punctuation, contractions, fillers, stutters and numbers brought to one form. What does not:
finding a quote (see ``ground``) and judging it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from artifact_assets.domain.quantities.numerals import NUMBER_WORDS, SCALES, numeral_at

# A letter run with inner apostrophes, digits with separators and a suffix, or a sign that stands for a word.
_TOKEN = re.compile(
    r"\d{1,2}/\d{1,2}(?:/\d{2,4})?(?![\w/])|\d+(?:[.,]\d+)*(?:st|nd|rd|th|k|mm|mn|mio|m|bn|b)?(?!\w)"
    r"|\d+(?:[.,]\d+)*|[^\W_]+(?:['’][^\W_]+)*['’]?|[%$€£&@]",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[a-z]+")
"""What is left of ``_TOKEN`` in lower-case ASCII without digits, apostrophes and signs."""
_SIGNS = {
    "%": "percent",
    "$": "dollar",
    "€": "euro",
    "£": "pound",
    "&": "and",
    "@": "at",
}
_CURRENCY_SIGNS = frozenset("$€£")
FILLERS = frozenset(
    ["um", "umm", "uhm", "uh", "uhh", "er", "erm", "eh", "ah", "hm", "hmm", "mm", "mmm", "mhm", "mmhmm", "huh"]
)
_FILLER_PAIRS = frozenset({("you", "know"), ("i", "mean")})
_WHOLE = {
    "won't": ("will", "not"), "can't": ("can", "not"), "cannot": ("can", "not"), "shan't": ("shall", "not"),
    "ain't": ("is", "not"), "let's": ("let", "us"), "gonna": ("going", "to"), "wanna": ("want", "to"),
    "gotta": ("got", "to"), "y'all": ("you", "all"), "okay": ("ok",), "yeah": ("yes",), "yep": ("yes",),
    "yup": ("yes",), "percents": ("percent",), "dollars": ("dollar",), "bucks": ("dollar",), "usd": ("dollar",),
    "euros": ("euro",), "eur": ("euro",), "pounds": ("pound",), "gbp": ("pound",), "alright": ("all", "right"),
}  # fmt: skip
_TAILS = {"'ll": "will", "'re": "are", "'ve": "have", "'m": "am", "'d": "would"}
# After these, 's is "is"; after other words it is a possessive and falls away.
_ASIDE = "it that what there here he she who where how this everything something one"
_IS_AFTER = frozenset(_ASIDE.split())


_SIGNS_ASIDE = frozenset("'%$&@0123456789")
_LOOKED_AT = FILLERS | {last for _, last in _FILLER_PAIRS} | NUMBER_WORDS
"""Words that make a sentence worth looking for fillers and numbers in."""


class Word(NamedTuple):
    """One normalized word and the characters ``start`` to ``end`` it came from."""

    text: str
    start: int
    end: int


def words_of(text: str) -> list[Word]:
    """The normalized words of ``text``: fillers and stutters gone, contractions opened, numbers as ``#25000``."""
    return list(_remembered(text))


# Rules ask for the same few sentences again and again; a thousand of them are a few hundred kilobytes.
@lru_cache(maxsize=1024)
def _remembered(text: str) -> tuple[Word, ...]:
    return tuple(read_words(text))


def read_words(text: str) -> list[Word]:
    """``words_of`` for text that is read once, such as a whole transcript."""
    if text.isascii() and _SIGNS_ASIDE.isdisjoint(text):
        words = _plain(text)
        distinct = {word.text for word in words}
        if distinct.isdisjoint(_LOOKED_AT):
            return words if len(distinct) == len(words) else _without_stutter(words)
    return _numbers(_without_stutter(_without_fillers(_raw(text))))


def normal_text(text: str) -> str:
    """Normalized words joined by spaces."""
    return " ".join(word.text for word in words_of(text))


def _plain(text: str) -> list[Word]:
    """``_raw`` for ASCII text without signs, apostrophes and digits, as most talk is."""
    whole = _WHOLE
    found: list[Word] = []
    for match in _LETTERS.finditer(text.lower()):
        token, (start, end) = match[0], match.span()
        if token in whole:
            found.extend([Word(part, start, end) for part in whole[token]])
        else:
            # What the constructor of a named tuple does, without its call.
            found.append(tuple.__new__(Word, (token, start, end)))
    return found


def _raw(text: str) -> list[Word]:
    found: list[Word] = []
    sign: Word | None = None
    for match in _TOKEN.finditer(text):
        token, start, end = match[0], match.start(), match.end()
        plain = token if token.isascii() else unicodedata.normalize("NFKC", token)
        plain = plain.lower().replace("’", "'").strip("'")
        # "$1.5 million" is said "one point five million dollars": the currency goes behind the whole number.
        if sign is not None and not plain[:1].isdigit() and plain not in SCALES:
            found.append(sign)
            sign = None
        if token in _CURRENCY_SIGNS:
            sign = Word(_SIGNS[token], start, end)
        elif token in _SIGNS:
            found.append(Word(_SIGNS[token], start, end))
        elif plain in _WHOLE or "'" in plain:
            found.extend([Word(part, start, end) for part in _open(plain)])
        else:
            found.append(Word(plain, start, end))
    if sign is not None:
        found.append(sign)
    return found


def _open(token: str) -> tuple[str, ...]:
    if token in _WHOLE:
        return _WHOLE[token]
    if "'" not in token:
        return (token,)
    if token.endswith("n't"):
        return (token[:-3], "not")
    head, _, tail = token.rpartition("'")
    if f"'{tail}" in _TAILS:
        return (head, _TAILS[f"'{tail}"])
    if tail == "s":
        return (head, "is") if head in _IS_AFTER else (head,)
    return (token.replace("'", ""),)


def _without_fillers(words: list[Word]) -> list[Word]:
    kept: list[Word] = []
    skip = False
    for at, word in enumerate(words):
        if skip:
            skip = False
            continue
        if word.text in FILLERS:
            continue
        if at + 1 < len(words) and (word.text, words[at + 1].text) in _FILLER_PAIRS:
            skip = True
            continue
        kept.append(word)
    return kept


def _without_stutter(words: list[Word]) -> list[Word]:
    """Immediate repeats fall away, except of digits, where "five five" is a number."""
    kept: list[Word] = []
    for word in words:
        if kept and kept[-1].text == word.text and word.text.isalpha() and numeral_at([word.text], 0) is None:
            kept[-1] = Word(word.text, kept[-1].start, word.end)
            continue
        kept.append(word)
    return kept


def _numbers(words: list[Word]) -> list[Word]:
    texts = [word.text for word in words]
    joined: list[Word] = []
    at = 0
    while at < len(words):
        numeral = numeral_at(texts, at)
        if numeral is None:
            joined.append(words[at])
            at += 1
            continue
        joined.append(
            Word(
                f"#{numeral.canonical}",
                words[numeral.start].start,
                words[numeral.end - 1].end,
            )
        )
        at = numeral.end
    return joined
