"""A small linear scorer: how likely a sentence tells of a kind of item. Trained by ``evals.training``.

What belongs here: the arithmetic from a talk to probabilities, the same in training and at run time. What does not:
fitting (see ``evals.training``), reading the committed weights (see ``weights``), using scores (see ``judgement``).

Stage one adds up weights of the n-grams of a sentence and of its two neighbours on each side, told apart by whether the
same person speaks, and of its surroundings. Stage two looks at stage one's scores along the meeting and turns them into a
calibrated probability.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from artifact_assets.extraction.deterministic.scoring.surroundings import surroundings
from artifact_assets.extraction.deterministic.scoring.tokens import Grams, Ints, grams_of, tokens_of
from artifact_assets.extraction.deterministic.talk import Talk

Floats = npt.NDArray[np.float64]

# (distance, same speaker): one column of weights each. Distance 0 is the sentence itself.
COLUMNS = ((0, 1), (-1, 0), (-1, 1), (1, 0), (1, 1), (-2, 0), (-2, 1), (2, 0), (2, 1))
# A neighbour's word counts half, which keeps stage one from leaning on the topic around a sentence.
NEIGHBOUR_SHARE = 0.5
REACH = 6
SPREADS = (3, 6, 12)
CLIP = 9.0


@dataclass(frozen=True)
class Scorer:
    """Weights of one kind of item. ``keys`` are sorted; ``weights`` has a row per key and a column per ``COLUMNS``."""

    numbers: dict[str, int]
    keys: Ints
    weights: Floats
    around: Floats
    intercept: float
    second: Floats
    second_intercept: float

    def probabilities(self, talk: Talk, names: re.Pattern[str] | None) -> Floats:
        """For each sentence of ``talk``, how likely it tells of the item, 0 to 1."""
        if not talk.sentences:
            return np.zeros(0)
        grams = grams_of([tokens_of(sentence.lower, names) for sentence in talk.sentences], self.numbers)
        return self.calibrated(self.logits(talk, grams))

    def logits(self, talk: Talk, grams: Grams) -> Floats:
        """Stage one."""
        count = len(talk.sentences)
        sentence, key = known(grams, self.keys)
        sums = np.zeros((count, len(COLUMNS)))
        np.add.at(sums, sentence, self.weights[key])
        total = sums[:, 0] + surroundings(talk) @ self.around + self.intercept
        voices = voices_of(talk)
        for column, (distance, same) in enumerate(COLUMNS[1:], start=1):
            here, there = overlap(count, distance)
            fits = (voices[here] == voices[there]) == bool(same)
            total[here] += np.where(fits, sums[there, column], 0.0) * NEIGHBOUR_SHARE
        return total

    def calibrated(self, logits: Floats) -> Floats:
        """Stage two."""
        return sigmoid(along(logits) @ self.second + self.second_intercept)


def known(grams: Grams, keys: Ints) -> tuple[Ints, Ints]:
    """The grams that are among ``keys``: sentence and row of the key, each pair once."""
    at = np.searchsorted(keys, grams.key)
    at[at == len(keys)] = 0
    hit = keys[at] == grams.key if len(keys) else np.zeros(len(at), dtype=bool)
    pairs = np.unique(grams.sentence[hit] * len(keys) + at[hit])
    return pairs // max(len(keys), 1), pairs % max(len(keys), 1)


def voices_of(talk: Talk) -> Ints:
    """The speakers as numbers; an unknown speaker is a voice of their own in each turn."""
    numbers: dict[str | int, int] = {}
    return np.array(
        [numbers.setdefault(s.row if s.speaker is None else s.speaker, len(numbers)) for s in talk.sentences],
        dtype=np.int64,
    )


def overlap(count: int, distance: int) -> tuple[slice, slice]:
    """Slices that lay a row of ``count`` over itself shifted by ``distance``: here and there."""
    if distance >= 0:
        return slice(0, max(count - distance, 0)), slice(min(distance, count), count)
    return slice(min(-distance, count), count), slice(0, max(count + distance, 0))


def along(logits: Floats) -> Floats:
    """Stage two's view of stage one's scores: each neighbour's, how much there is around, and the meeting's best."""
    clipped = np.clip(logits, -CLIP, CLIP)
    count = len(clipped)
    padded = np.pad(clipped, REACH, constant_values=-CLIP)
    columns = [padded[REACH + shift : REACH + shift + count] for shift in range(-REACH, REACH + 1)]
    likely = sigmoid(clipped)
    summed = np.concatenate([[0.0], np.cumsum(likely)])
    at = np.arange(count)
    for spread in SPREADS:
        low, high = np.maximum(at - spread, 0), np.minimum(at + spread + 1, count)
        columns.append(np.log(1e-3 + np.maximum(summed[high] - summed[low] - likely, 0.0)))
    best = np.sort(likely)[-5:].sum()
    rank = np.empty(count)
    rank[np.argsort(-clipped, kind="stable")] = np.arange(count)
    columns += [np.full(count, np.log(1e-3 + best)), np.log1p(rank), clipped - clipped.max()]
    return np.stack(columns, axis=1)


def sigmoid(values: Floats) -> Floats:
    """1 / (1 + e^-x), without overflow."""
    return 0.5 * (1.0 + np.tanh(0.5 * values))
