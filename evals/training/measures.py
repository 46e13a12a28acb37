"""Precision, recall and F1 of scored utterances, with bootstrap intervals over meetings.

What belongs here: figures from labels and probabilities. What does not: models.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

ROUNDS = 2000


@dataclass(frozen=True)
class Scored:
    """One meeting's labels and probabilities, utterance by utterance."""

    labels: npt.NDArray[np.bool_]
    likely: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Figures:
    """Percentages with one decimal; each pair is a 95% bootstrap interval over meetings. Micro-averaged over utterances."""

    threshold: float
    precision: float
    recall: float
    f1: float
    f1_interval: tuple[float, float]
    precision_interval: tuple[float, float]
    positives: int
    found: int


def even_threshold(meetings: Sequence[Scored]) -> float:
    """Half of the best F1 on ``meetings``: the threshold with the best expected F1 of calibrated probabilities.

    Lipton, Elkan, Naryanaswamy: Optimal thresholding of classifiers to maximize F1 measure (2014). Steadier than the
    threshold at which the best F1 happened to fall, since the curve is flat around it.
    """
    labels, likely = _flat(meetings)
    order = np.argsort(-likely, kind="stable")
    true = np.cumsum(labels[order])
    f1 = 2 * true / (np.arange(1, len(order) + 1) + labels.sum())
    return float(f1.max()) / 2


def precise_threshold(meetings: Sequence[Scored], precision: float) -> float:
    """The lowest threshold above which every larger cut keeps at least ``precision``, with five utterances or more."""
    labels, likely = _flat(meetings)
    order = np.argsort(-likely, kind="stable")
    share = np.cumsum(labels[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(share[4:] >= precision) + 4
    return float(likely[order][int(enough.max())]) if len(enough) else 1.0


def figures(meetings: Sequence[Scored], threshold: float, *, seed: int = 0) -> Figures:
    """What a threshold gives on ``meetings``."""
    counts = np.array([_counts(meeting, threshold) for meeting in meetings], dtype=float)
    random = np.random.default_rng(seed)
    drawn = counts[random.integers(0, len(counts), (ROUNDS, len(counts)))].sum(axis=1)
    precisions, _, scores = _rates(drawn)
    precision, recall, f1 = (float(rate[0]) for rate in _rates(counts.sum(axis=0, keepdims=True)))
    low, high = (float(value) for value in np.percentile(scores, (2.5, 97.5)))
    least, most = (float(value) for value in np.percentile(precisions, (2.5, 97.5)))
    total = counts.sum(axis=0)
    return Figures(
        threshold,
        round(precision, 1),
        round(recall, 1),
        round(f1, 1),
        (round(low, 1), round(high, 1)),
        (round(least, 1), round(most, 1)),
        int(total[2]),
        int(total[1]),
    )


def _flat(meetings: Sequence[Scored]) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64]]:
    return np.concatenate([m.labels for m in meetings]), np.concatenate([m.likely for m in meetings])


def _counts(meeting: Scored, threshold: float) -> tuple[int, int, int]:
    hit = meeting.likely >= threshold
    return int((hit & meeting.labels).sum()), int(hit.sum()), int(meeting.labels.sum())


def _rates(counts: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], ...]:
    true, found, positives = counts.T
    precision = 100 * true / np.maximum(found, 1)
    recall = 100 * true / np.maximum(positives, 1)
    return precision, recall, 200 * true / np.maximum(found + positives, 1)
