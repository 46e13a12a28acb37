"""Who is meant by a name: from what people are called in talk to the speaker or participant.

What belongs here: the people of one meeting and the names that lead to them. What does not: who committed to what.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from artifact_assets.extraction.deterministic.lexicon import pattern, words
from artifact_assets.extraction.deterministic.verbs import ADVERBS

_NOT_A_NAME = words("dr dr. mr mr. mrs ms prof prof. speaker guest unknown user will may")


class People:
    """The people of a meeting. A first name that two people share leads to nobody."""

    def __init__(self, speakers: Iterable[str], participants: Iterable[str]) -> None:
        owners: dict[str, set[str]] = {}
        known: list[str] = []
        for name in (*speakers, *participants):
            same = next((other for other in known if _folded(other) == _folded(name)), None)
            if same is None:
                known.append(name)
            for alias in _aliases(name):
                owners.setdefault(alias, set()).add(same or name)
        self._by_alias = {alias: next(iter(names)) for alias, names in owners.items() if len(names) == 1}
        longest_first = sorted(self._by_alias, key=lambda alias: (-len(alias), alias))
        alternatives = "|".join(re.escape(alias) for alias in longest_first) or "(?!)"
        self.pattern = alternatives
        self.mask = re.compile(rf"\b(?:{alternatives})\b")
        self._start = pattern(
            rf"""(?:^|[.,;!?] |\b(?:so|and|then|okay|ok|great|thanks|hey|um|uh),? )({alternatives})
            (?=[,:]| (?:can|could|would|will|please|you)\b)"""
        )
        self._end = pattern(rf",\s*({alternatives})\s*[?.!]*$")
        verb = rf"\s+{ADVERBS}(?!(?:sort|kind) of\b)(?P<verb>[a-z][a-z-]*)"
        self.assignment = pattern(
            rf"""(?<!\bor )\b(?P<name>{alternatives})(?: will|'ll|(?: is|'s) (?:going to|gonna|to(?= [a-z]+ ))){verb}"""
        )
        self.noted = pattern(
            rf"""^(?:(?:so|okay|and|then|next),? )*(?:action(?: item)?s?:? (?:(?:for|on) )?)(?P<name>{alternatives})(?: is)?
            (?::| to|,){verb}|^(?:(?:so|okay|and|then|next),? )*(?P<who>{alternatives}) to\s+(?P<what>[a-z][a-z-]*)"""
        )
        self._called = re.compile(rf",\s*(?:{alternatives})\s*[?.!]*$", re.IGNORECASE)

    def uncalled(self, text: str) -> str:
        """``text`` without a name it is addressed to at its end."""
        return self._called.sub("", text)

    def named(self, alias: str) -> str | None:
        """The person a name leads to, or None when nobody or several are called so."""
        return self._by_alias.get(_key(alias))

    def addressed(self, lower: str) -> str | None:
        """The person a sentence speaks to by name ("Dan, can you ...", "..., Dan?")."""
        match = self._start.search(lower) or self._end.search(lower)
        return self.named(match[1]) if match else None


def _aliases(name: str) -> Iterable[str]:
    whole = _key(name)
    yield whole
    plain = re.sub(r"\s*[(\[|/].*$", "", whole).strip()
    parts = [word for word in plain.replace(",", " ").split() if word not in _NOT_A_NAME and not word[0].isdigit()]
    if plain and plain != whole:
        yield plain
    if parts and len(parts[0]) > 1:
        yield parts[0]
        if len(parts) > 1:
            yield " ".join(parts)


def _key(name: str) -> str:
    return " ".join(name.lower().replace("\u2019", "'").split())


def _folded(name: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", _key(name)) if not unicodedata.combining(char))
