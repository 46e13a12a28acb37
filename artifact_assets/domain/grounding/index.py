"""A transcript prepared for finding quotes in it, built once per meeting.

What belongs here: the meeting's normalized words in one stream, where each came from, and where each word occurs. What
does not: deciding whether a quote matches (see ``ground``).

The stream follows speakers, not time: all turns of one speaker that are close together form a run, so that a quote
that goes on after somebody's "mm-hm" is found, and no quote is ever assembled from two speakers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from artifact_assets.domain.artifact import Span
from artifact_assets.domain.grounding.words import Word, read_words
from artifact_assets.domain.transcript import Transcript, Turn

BREAK = "|"
"""Separates runs in a stream; no quote holds it as a word."""


@dataclass(frozen=True)
class Stream:
    """Words in an order to search, as lists of equal length and as one string ``" w1 w2 | w3 "``."""

    words: list[Word]
    turns: list[int]
    text: str
    starts: list[int]

    @staticmethod
    def of(runs: list[list[int]], words: dict[int, list[Word]]) -> Stream:
        """The stream of ``runs`` of turn indices."""
        flat: list[Word] = []
        turns: list[int] = []
        for run in runs:
            for turn in run:
                flat.extend(words[turn])
                turns.extend([turn] * len(words[turn]))
            flat.append(Word(BREAK, 0, 0))
            turns.append(-1)
        texts = [word.text for word in flat]
        starts = list(accumulate([len(text) + 1 for text in texts], initial=1))
        return Stream(flat, turns, " " + " ".join(texts) + " ", starts[:-1])

    def occurrences(self, phrase: str, most: int = 5000) -> Iterator[int]:
        """Positions of the first word of ``phrase``, normalized words joined by spaces; at most ``most``."""
        padded, at = f" {phrase} ", -1
        for _ in range(most):
            at = self.text.find(padded, at + 1)
            if at < 0:
                return
            yield bisect_right(self.starts, at + 1) - 1

    def spans(self, first: int, last: int) -> tuple[Span, ...]:
        """The characters words ``first`` to ``last`` (inclusive) came from, one span per turn touched."""
        spans: list[Span] = []
        for at in range(first, last + 1):
            word, turn = self.words[at], self.turns[at]
            if spans and spans[-1].turn == turn:
                spans[-1] = Span(
                    turn=turn,
                    start=min(spans[-1].start, word.start),
                    end=max(spans[-1].end, word.end),
                )
            else:
                spans.append(Span(turn=turn, start=word.start, end=word.end))
        return tuple(spans)


class _WordsByTurn(dict[int, list[Word]]):
    """The words of each turn, read when somebody asks: most quotes are found in the turn they cite."""

    def __init__(self, turns: Mapping[int, Turn]) -> None:
        super().__init__()
        self._turns = turns

    def __missing__(self, turn: int) -> list[Word]:
        words = self[turn] = read_words(self._turns[turn].text)
        return words


@dataclass(frozen=True)
class TranscriptIndex:
    """See the module.

    ``by_speaker`` is searched for every quote that is not in the one turn it cites; ``by_time`` only where several speakers
    are cited. Each is made when it is asked for.
    """

    turns: dict[int, Turn]
    words: dict[int, list[Word]]
    runs: list[list[int]]

    @staticmethod
    def of(transcript: Transcript, interruption_turns: int = 3) -> TranscriptIndex:
        """The index of ``transcript``; with everything asked of it 10 ms for an hour of talk."""
        turns = {turn.index: turn for turn in transcript.turns}
        return TranscriptIndex(turns, _WordsByTurn(turns), _runs(transcript, interruption_turns))

    def in_turn(self, phrase: str, turn: int) -> tuple[Span, ...] | None:
        """Where ``phrase``, normalized words joined by spaces, stands first in one turn; None when it does not."""
        if turn not in self.turns:
            return None
        words = self.words[turn]
        text = f" {' '.join([word.text for word in words])} "
        at = text.find(f" {phrase} ")
        if at < 0:
            return None
        first = text.count(" ", 0, at)
        touched = words[first : first + phrase.count(" ") + 1]
        return (Span(turn=turn, start=min(w.start for w in touched), end=max(w.end for w in touched)),)

    @cached_property
    def by_speaker(self) -> Stream:
        """All turns, those of one speaker that are close together in a row."""
        return Stream.of(self.runs, self.words)

    @cached_property
    def by_time(self) -> Stream:
        """All turns as they followed each other."""
        return Stream.of([list(self.turns)], self.words)

    @cached_property
    def ids(self) -> dict[str, int]:
        """A number for each word of ``by_speaker``."""
        return {word: number for number, word in enumerate(dict.fromkeys([w.text for w in self.by_speaker.words]))}

    @cached_property
    def stream_ids(self) -> NDArray[np.int32]:
        """``by_speaker`` as numbers."""
        words, ids = self.by_speaker.words, self.ids
        return np.fromiter([ids[word.text] for word in words], np.int32, len(words))

    def places(self, word: str) -> NDArray[np.intp]:
        """Every position of a word in ``by_speaker``, ascending."""
        number = self.ids.get(word, -1)
        return np.flatnonzero(self.stream_ids == number)


def _runs(transcript: Transcript, interruption_turns: int) -> list[list[int]]:
    """Turns of one speaker with at most ``interruption_turns`` turns of others in between, as lists of turn indices.

    Turns of unknown speakers only follow each other directly: whoever interrupted may have been somebody else.
    """
    runs: list[list[int]] = []
    open_runs: dict[str | None, tuple[int, list[int]]] = {}
    for position, turn in enumerate(transcript.turns):
        allowed = interruption_turns if turn.speaker is not None else 0
        seen = open_runs.get(turn.speaker)
        if seen is not None and position - seen[0] - 1 <= allowed:
            run = seen[1]
        else:
            run: list[int] = []
            runs.append(run)
        run.append(turn.index)
        open_runs[turn.speaker] = (position, run)
    return runs
