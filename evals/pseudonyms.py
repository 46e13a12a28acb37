"""A meeting without its people: other names, and no mail addresses, phone or card numbers.

What belongs here: replacing them the same way everywhere. What does not: companies, places and what was said about people,
which no list of names finds: a person reads a case before it is shared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from artifact_assets.domain.meeting import Participant
from artifact_assets.domain.transcript import Transcript
from artifact_assets.extraction.model.redaction import Redaction
from artifact_assets.formats.speakers import is_placeholder

_FIRST = "Alva Bodil Cato Dilan Elio Fenna Gero Hedda Ivo Jonna Kato Liv Mika Nura Orla Pelle Quinta Rune Suri Tova"
_LAST = "Aldane Bergh Corvin Dahlen Ester Falk Grune Holm Iversen Juhl Kvist Lund Moen Nord Ohlin Prag Quist Rask Strand Thorn"
FIRST, LAST = _FIRST.split(), _LAST.split()
SHORTEST = 3
"""Parts of names shorter than this are words too often."""


class Pseudonyms:
    """One meeting's stand-ins. The same person is the same stand-in in turns, names and labels."""

    def __init__(self, transcript: Transcript) -> None:
        people = dict.fromkeys((*transcript.speakers, *(person.name for person in transcript.participants)))
        self._names = {
            name: f"{FIRST[at % len(FIRST)]} {LAST[(at + at // len(FIRST)) % len(LAST)]}"
            for at, name in enumerate(name for name in people if not is_placeholder(name))
        }
        self._redaction = Redaction()

    def transcript(self, transcript: Transcript) -> Transcript:
        """The meeting under other names. Turn numbers and times stay; title and places in the source file go."""
        turns = tuple(
            turn.model_copy(update={"text": self.hide(turn.text), "speaker": self._person(turn.speaker), "source": ()})
            for turn in transcript.turns
        )
        people = tuple(Participant(name=self._person(p.name) or p.name, role=p.role) for p in transcript.participants)
        return transcript.model_copy(update={"turns": turns, "participants": people, "title": None})

    def hide(self, text: str) -> str:
        """``text`` with stand-ins."""
        return self._pattern.sub(lambda found: self._parts[found[0].casefold()], self._redaction.hide(text))

    def _person(self, name: str | None) -> str | None:
        return self._names.get(name, name) if name is not None else None

    @cached_property
    def _parts(self) -> dict[str, str]:
        parts: dict[str, str] = {}
        for name, other in self._names.items():
            words, others = name.split(), other.split()
            for at, word in enumerate(words):
                if len(word) >= SHORTEST:
                    parts.setdefault(word.casefold(), others[0] if at == 0 else others[1])
        # Whole names last in, so that they win over their parts.
        return parts | {name.casefold(): other for name, other in self._names.items()}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return _any_of(self._parts)


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    longest = sorted(words, key=len, reverse=True)
    return (
        re.compile(rf"\b(?:{'|'.join(map(re.escape, longest))})\b", re.IGNORECASE) if longest else re.compile(r"(?!)")
    )
