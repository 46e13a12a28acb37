"""Sentences that may take back or correct what was said before.

What belongs here: the phrases, and finding them in a meeting once. What does not: which claim they are about (see
``retraction``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from artifact_assets.domain.grounding.index import TranscriptIndex
from artifact_assets.domain.grounding.words import Word
from artifact_assets.domain.transcript import Transcript, Turn

# All on normalized words: "let's not" reads "let us not".
_POINTS = re.compile(
    r"\b(?:scratch that|strike that|never mind|nevermind|cancel that"
    r"|(?<!i )(?<!we )(?<!you )(?<!to )(?<!always )(?<!never )(?<!not )forget (?:that|it|what i said|about (?:it|that))"
    r"|(?:i )?take (?:that|it) back|on second thoughts?"
    r"|let us not(?: do (?:that|it))?(?: (?:after all|actually|then|yet))?$"
    r"|let us not do (?:that|it)|ignore (?:that|what i said)|i was wrong|that was wrong|(?:that|it) is off the table"
    r"|(?:you|we) do not (?:have|need) to do (?:that|it)|leave (?:that|it) out after all|hold off on (?:that|it))\b"
)
_NAMES = re.compile(
    r"\b(?:let us not|(?:we|i) (?:will|shall) not|(?:we are|i am) not going to|no longer|scratch|cancel"
    r"|(?<!i )(?<!we )(?<!you )(?<!to )(?<!always )(?<!never )(?<!not )forget"
    r"|never mind|hold off|(?:we|you|i) do not (?:need|have) to|no need to|off the table|not going ahead|called off"
    r"|take back|decided (?:not to|against)|drop the|skip the|changed (?:my|our) mind)\b"
)
_HARMLESS = re.compile(r"\b(?:let us not|do not|will not) forget\b|\bi will not be able\b")
_CORRECTS = re.compile(
    r"\b(?:actually|i meant|make (?:it|that)|correction|should be|i misspoke|wait no|no wait|sorry|rather)\b"
)
_MARKS = """actually ahead back called cancel changed correction decided do drop forget hold ignore leave let longer make
    meant misspoke never nevermind no not off rather scratch second should skip sorry strike take wait wrong"""
MARKS = frozenset(_MARKS.split())
"""Each of the phrases above has at least one of these words; nearly no sentence has one."""
_LETTERS_ONLY = {code: " " for code in range(128) if not 97 <= code <= 122}
_OPENED = frozenset({"cannot"})
"""Plain words that are read as words with a mark among them."""
_END = re.compile(r"[.!?\n]+")


@dataclass(frozen=True)
class TakeBack:
    """A suspicious sentence: its place (position in time order, character), the turn, its normalized words.

    ``points`` when it says "that"; ``names`` holds the words after a phrase that goes with a thing, None without one.
    ``elsewhere`` holds all its words apart from pointing phrases.
    """

    place: tuple[int, int]
    turn: int
    words: tuple[Word, ...]
    points: bool
    names: str | None
    elsewhere: str
    corrects: bool


def takebacks_of(transcript: Transcript, index: TranscriptIndex) -> Iterator[TakeBack]:
    """Every such sentence in time order."""
    for position, turn in _suspicious(transcript):
        words = index.words[turn.index]
        if MARKS.isdisjoint({word.text for word in words}):
            continue
        begin = 0
        for end in [*(match.start() for match in _END.finditer(turn.text)), len(turn.text)]:
            started, begin = begin, end
            sentence = tuple(word for word in words if started <= word.start < end)
            text = _HARMLESS.sub(" ", " ".join(word.text for word in sentence))
            points, names, corrects = _POINTS.search(text), _NAMES.search(text), _CORRECTS.search(text)
            if points or names or corrects:
                rest = text[names.end() :].strip() if names and not points else None
                bare = _POINTS.sub(" ", text)
                yield TakeBack((position, started), turn.index, sentence, bool(points), rest, bare, bool(corrects))


def _suspicious(transcript: Transcript) -> Iterator[tuple[int, Turn]]:
    """Turns, with their position, whose words may hold a mark.

    Told by their letters alone: reading words costs ten times as much.
    """
    lowered = [turn.text.lower() for turn in transcript.turns]
    said = (MARKS | _OPENED).intersection(" ".join(lowered).translate(_LETTERS_ONLY).split())
    for position, (turn, text) in enumerate(zip(transcript.turns, lowered, strict=True)):
        if not text.isascii() or "'" in text or any(mark in text for mark in said):
            yield position, turn
