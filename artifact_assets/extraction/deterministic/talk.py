"""A transcript as a row of sentences, so that rules can look at what was said just before and after.

What belongs here: cutting turns into sentences and moving between them. What does not: what a sentence means.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from artifact_assets.domain.transcript import Transcript, Turn

MAX_QUOTE = 200
# Longer ones are cut, which also bounds what any pattern can cost.
MAX_SENTENCE = 500
_JOINT = re.compile(r"(?<= )(?:and|so|but|okay|then|well|um|because) ", re.IGNORECASE)
_BORDER = re.compile(r"[.!?\u2026]+[\"'\u201d\u2019)]*\s+|\n+")
LONGEST_BORDER = 16
_ABBREVIATION = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|vs|etc|approx|Inc|Ltd|Jr|Sr|e\.g|i\.e|[A-Z]))\.\s*$")
_PAUSE = re.compile(r"(?:\.\.\.|\u2026)\s*$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of one turn. ``lower`` has the same length as ``text``, so that places in one hold in the other."""

    position: int
    turn: int
    row: int
    speaker: str | None
    text: str
    lower: str

    @property
    def asks(self) -> bool:
        """Whether it ends as a question."""
        return self.text.rstrip("\"'\u201d\u2019) ").endswith("?")


@dataclass(frozen=True)
class Talk:
    """All sentences of a meeting in order."""

    sentences: tuple[Sentence, ...]

    @cached_property
    def _whole(self) -> tuple[str, list[int]]:
        starts: list[int] = []
        at = 0
        for sentence in self.sentences:
            starts.append(at)
            at += len(sentence.lower) + 1
        return "\0".join(sentence.lower for sentence in self.sentences), starts

    def find(self, pattern: re.Pattern[str]) -> Iterator[tuple[Sentence, int, int]]:
        """Where ``pattern`` occurs at the start of a word: sentence, start and end in it. One pass over the whole talk."""
        text, starts = self._whole
        for match in pattern.finditer(text):
            if text[match.start() - 1 : match.start()].isalnum():
                continue
            sentence = self.sentences[bisect_right(starts, match.start()) - 1]
            begin = match.start() - starts[sentence.position]
            yield sentence, begin, begin + len(match[0])

    def before(self, sentence: Sentence, count: int) -> Iterator[Sentence]:
        """Up to ``count`` sentences before this one, nearest first."""
        for position in range(sentence.position - 1, max(-1, sentence.position - 1 - count), -1):
            yield self.sentences[position]

    def after(self, sentence: Sentence, count: int) -> Iterator[Sentence]:
        """Up to ``count`` sentences after this one, nearest first."""
        yield from self.sentences[sentence.position + 1 : sentence.position + 1 + count]

    def replies(self, sentence: Sentence, turns: int = 2) -> Iterator[Sentence]:
        """The first sentences of the next ``turns`` turns by somebody else."""
        seen: set[int] = set()
        for later in self.after(sentence, 12):
            if later.row == sentence.row or (later.speaker is not None and later.speaker == sentence.speaker):
                continue
            if later.row in seen:
                continue
            seen.add(later.row)
            if len(seen) > turns:
                return
            yield later


def talk_of(transcript: Transcript) -> Talk:
    """The sentences of a transcript."""
    found: list[Sentence] = []
    for row, turn in enumerate(transcript.turns):
        for text in sentences_of(turn):
            found.append(Sentence(len(found), turn.index, row, turn.speaker, text, lowered(text)))
    return Talk(tuple(found))


def sentences_of(turn: Turn) -> Iterator[str]:
    """The sentences of a turn, each a verbatim piece of its text."""
    start = 0
    for border in _BORDER.finditer(turn.text):
        near = max(start, border.end() - LONGEST_BORDER)
        pause = (
            _PAUSE.search(turn.text, near, border.end()) and not turn.text[border.end() : border.end() + 1].isupper()
        )
        if pause or _ABBREVIATION.search(turn.text, near, border.end()):
            continue
        yield from _bounded(turn.text[start : border.end()].strip())
        start = border.end()
    yield from _bounded(turn.text[start:].strip())


def _bounded(piece: str) -> Iterator[str]:
    """``piece``, or its parts where a recognizer set no full stop: cut before a joining word if one is near."""
    while len(piece) > MAX_SENTENCE:
        joint = max((match.start() for match in _JOINT.finditer(piece, MAX_SENTENCE // 2, MAX_SENTENCE)), default=0)
        cut = joint or piece.rfind(" ", 1, MAX_SENTENCE) + 1 or MAX_SENTENCE
        yield piece[:cut].strip()
        piece = piece[cut:].strip()
    if piece:
        yield piece


def lowered(text: str) -> str:
    """``text`` in lower case with plain apostrophes, character for character as long as ``text``."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    return lower.replace("\u2019", "'").replace("\u2018", "'").replace("\u00a0", " ").replace("\n", " ")


def quote_of(sentence: Sentence, start: int = 0, end: int | None = None) -> str:
    """The sentence, or where it is long its clauses around characters ``start`` to ``end``, at most ``MAX_QUOTE`` long."""
    text = sentence.text
    if len(text) <= MAX_QUOTE:
        return text
    end = min(len(text) if end is None else end, start + MAX_QUOTE)
    left = max(text.rfind(mark, max(0, start - 60), start) + 2 for mark in (", ", "; ", ": ", "\u2014 "))
    left = left if left > 2 else max(text.rfind(" ", 0, start) + 1, 0)
    right = min(len(text), left + MAX_QUOTE)
    if right < len(text):
        clause = max(text.rfind(mark, end, right) for mark in (", ", "; ", ": "))
        right = clause if clause > end else max(text.rfind(" ", end, right), min(end, right))
    return text[left:right].strip()
