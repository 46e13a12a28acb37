"""Taking mail addresses, phone and card numbers out of what a model sees, and putting them back into what it says.

What belongs here: finding them and the reversible stand-ins. What does not: deciding whether to (see the ``model`` section
of the configuration). Names stay: without them nobody owns a task.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from artifact_assets.domain.artifact import Claim, Evidence
from artifact_assets.domain.brief import Brief
from artifact_assets.domain.meeting import Participant
from artifact_assets.domain.transcript import Transcript

_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
# Digits grouped by single spaces, dots, dashes or brackets, as people write card and phone numbers.
_DIGITS = re.compile(r"(?<![\w.,-])(?:\+|00)?\(?\d(?:[ .\-/()]{0,2}\d){6,18}(?![\w])")
_STAND_IN = re.compile(r"\[(?:email|phone|card)-\d+\]")
_CARD = range(13, 20)
_PHONE = range(7, 16)
_DATE = re.compile(r"(?:19|20)\d\d([-./])\d\d?\1\d\d?|\d\d?([-./])\d\d?\2(?:19|20)\d\d")


@dataclass
class Redaction:
    """Stand-ins of one meeting: the same words always get the same stand-in."""

    _stand_ins: dict[str, str] = field(default_factory=dict[str, str])
    _words: dict[str, str] = field(default_factory=dict[str, str])

    def transcript(self, transcript: Transcript) -> Transcript:
        """The meeting without them. Turn numbers stay."""
        turns = tuple(
            turn.model_copy(
                update={"text": self.hide(turn.text), "speaker": self.hide(turn.speaker) if turn.speaker else None}
            )
            for turn in transcript.turns
        )
        people = tuple(map(self._participant, transcript.participants))
        title = self.hide(transcript.title) if transcript.title else None
        return transcript.model_copy(update={"turns": turns, "participants": people, "title": title})

    def brief(self, brief: Brief) -> Brief:
        """The circumstances without them."""
        return brief.model_copy(update={"participants": tuple(map(self._participant, brief.participants))})

    def restore(self, claim: Claim) -> Claim:
        """The claim with the real words in all its texts."""
        content = claim.content
        texts = {name: value for name, value in content if isinstance(value, str) and name not in {"kind", "object"}}
        evidence = tuple(Evidence(turns=quoted.turns, quote=self.show(quoted.quote)) for quoted in claim.evidence)
        restored = content.model_copy(update={name: self.show(value) for name, value in texts.items()})
        return claim.model_copy(update={"content": restored, "evidence": evidence})

    def hide(self, text: str) -> str:
        """``text`` with stand-ins."""
        # Somebody may say what looks like a stand-in; it must not come back as another person's number.
        text = _STAND_IN.sub(self._as("spoken"), text)
        return _DIGITS.sub(self._number, _EMAIL.sub(self._as("email"), text))

    def show(self, text: str) -> str:
        """``text`` with the real words; a stand-in nobody gave out stays as it is."""
        return re.sub(r"\[(?:email|phone|card|spoken)-\d+\]", lambda found: self._words.get(found[0], found[0]), text)

    def _participant(self, person: Participant) -> Participant:
        return person.model_copy(update={"name": self.hide(person.name), "email": None})

    def _as(self, kind: str) -> Callable[[re.Match[str]], str]:
        return lambda found: self._stand_in(kind, found[0])

    def _number(self, found: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", found[0])
        if len(digits) in _CARD and _luhn(digits):
            return self._stand_in("card", found[0])
        if len(digits) in _PHONE and not _DATE.fullmatch(found[0].strip()) and _looks_dialled(found[0]):
            return self._stand_in("phone", found[0])
        return found[0]

    def _stand_in(self, kind: str, words: str) -> str:
        if words not in self._stand_ins:
            stand_in = f"[{kind}-{len(self._stand_ins) + 1}]"
            self._stand_ins[words] = stand_in
            self._words[stand_in] = words
        return self._stand_ins[words]


def _luhn(digits: str) -> bool:
    doubled = [int(d) * 2 if n % 2 else int(d) for n, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _looks_dialled(text: str) -> bool:
    """Grouped or with a prefix: seven plain digits in a row are an order number or an amount more often than a phone."""
    return text.startswith(("+", "00", "0", "(")) or len(re.findall(r"\d+", text)) >= 2
