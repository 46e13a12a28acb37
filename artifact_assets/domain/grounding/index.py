"""A transcript prepared for finding quotes in it, built once per meeting.

What belongs here: the meeting's normalized words in one stream, where each came from, and where each word occurs. What
does not: deciding whether a quote matches (see ``ground``).

The stream follows speakers, not time: all turns of one speaker that are close together form a run, so that a quote
that goes on after somebody's "mm-hm" is found, and no quote is ever assembled from two speakers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

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
        starts: list[int] = []
        at = 1
        for word in flat:
            starts.append(at)
            at += len(word.text) + 1
        return Stream(flat, turns, " " + " ".join(word.text for word in flat) + " ", starts)

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


@dataclass(frozen=True)
class TranscriptIndex:
    """See the module. ``by_speaker`` is searched for every quote; ``by_time`` only where several speakers are cited."""

    turns: dict[int, Turn]
    words: dict[int, list[Word]]
    by_speaker: Stream
    ids: dict[str, int]
    stream_ids: NDArray[np.int32]
    postings: dict[int, NDArray[np.int32]]
    frequency: dict[str, int] = field(repr=False)

    @cached_property
    def by_time(self) -> Stream:
        """All turns as they followed each other."""
        return Stream.of([list(self.turns)], self.words)

    @staticmethod
    def of(transcript: Transcript, interruption_turns: int = 3) -> TranscriptIndex:
        """The index of ``transcript``; 20 ms for an hour of talk."""
        turns = {turn.index: turn for turn in transcript.turns}
        words = {turn.index: read_words(turn.text) for turn in transcript.turns}
        by_speaker = Stream.of(_runs(transcript, interruption_turns), words)
        ids: dict[str, int] = {}
        numbers = np.fromiter(
            (ids.setdefault(word.text, len(ids)) for word in by_speaker.words),
            np.int32,
            len(by_speaker.words),
        )
        order = np.argsort(numbers, kind="stable").astype(np.int32)
        edges = np.searchsorted(numbers[order], np.arange(len(ids) + 1))
        postings = {n: order[edges[n] : edges[n + 1]] for n in range(len(ids))}
        frequency = {word: len(postings[n]) for word, n in ids.items()}
        return TranscriptIndex(turns, words, by_speaker, ids, numbers, postings, frequency)


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
