"""Intervals of figures by drawing cases again and again.

What belongs here: the percentile bootstrap over cases, of one run and of the difference of two (paired: both runs are
drawn on the same cases). What does not: what a figure means (see ``evals.scoring.metrics``).

Efron, Tibshirani: An Introduction to the Bootstrap (1993), chapters 8 and 13. Cases are the unit, because items of one
meeting share its people, its noise and its topic. The seed is an argument: the same runs give the same intervals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evals.scoring.metrics import METRICS
from evals.scoring.score import Scores

ROUNDS = 4000
CONFIDENCE = 0.95
Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval; ``cases`` is how many had something to judge."""

    value: float
    low: float
    high: float
    cases: int


@dataclass(frozen=True)
class Difference:
    """What B has more than A, on the cases both have, with its interval and the number of cases that changed."""

    before: float | None
    after: float | None
    delta: float | None
    low: float
    high: float
    better: int
    worse: int

    @property
    def significant(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.delta is not None and (self.low > 0 or self.high < 0)


def estimates(cards: Mapping[str, Scores], *, seed: int = 0, rounds: int = ROUNDS) -> dict[str, Estimate]:
    """Every figure over ``cards`` (scores by case) with its interval."""
    cases = sorted(cards)
    draws = _draws(len(cases), seed, rounds)
    found: dict[str, Estimate] = {}
    for name, metric in METRICS.items():
        tops, bottoms = _columns([cards[case] for case in cases], name)
        if not bottoms.sum():
            continue
        scale = 100 if metric.unit == "%" else 1
        drawn = _rates(draws @ tops, draws @ bottoms, scale)
        low, high = _interval(drawn)
        found[name] = Estimate(float(scale * tops.sum() / bottoms.sum()), low, high, int((bottoms > 0).sum()))
    return found


def differences(
    before: Mapping[str, Scores], after: Mapping[str, Scores], *, seed: int = 0, rounds: int = ROUNDS
) -> dict[str, Difference]:
    """Every figure of ``after`` minus that of ``before``, on the cases both have."""
    cases = sorted(before.keys() & after.keys())
    draws = _draws(len(cases), seed, rounds)
    found: dict[str, Difference] = {}
    for name, metric in METRICS.items():
        a_top, a_bottom = _columns([before[case] for case in cases], name)
        b_top, b_bottom = _columns([after[case] for case in cases], name)
        if not a_bottom.sum() and not b_bottom.sum():
            continue
        scale = 100 if metric.unit == "%" else 1
        one, other = _sum_rate(a_top, a_bottom, scale), _sum_rate(b_top, b_bottom, scale)
        drawn = _rates(draws @ b_top, draws @ b_bottom, scale) - _rates(draws @ a_top, draws @ a_bottom, scale)
        low, high = _interval(drawn)
        rose, fell = _moved(a_top, a_bottom, b_top, b_bottom)
        delta = None if one is None or other is None else other - one
        found[name] = Difference(one, other, delta, low, high, rose, fell)
    return found


def _draws(cases: int, seed: int, rounds: int) -> Matrix:
    """How often each case is drawn in each round."""
    random = np.random.default_rng(seed)
    return (
        random.multinomial(cases, np.full(cases, 1 / cases), size=rounds).astype(float) if cases else np.zeros((1, 0))
    )


def _columns(scores: Sequence[Scores], name: str) -> tuple[Matrix, Matrix]:
    pairs = [(card[name].top, card[name].bottom) if name in card else (0.0, 0.0) for card in scores]
    both = np.array(pairs, dtype=float).reshape(len(pairs), 2)
    return both[:, 0], both[:, 1]


def _rates(tops: Matrix, bottoms: Matrix, scale: float) -> Matrix:
    with np.errstate(invalid="ignore", divide="ignore"):
        return scale * tops / bottoms


def _sum_rate(tops: Matrix, bottoms: Matrix, scale: float) -> float | None:
    return float(scale * tops.sum() / bottoms.sum()) if bottoms.sum() else None


def _interval(drawn: Matrix) -> tuple[float, float]:
    known = drawn[np.isfinite(drawn)]
    if not len(known):
        return 0.0, 0.0
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(known, (tail, 100 - tail))
    return float(low), float(high)


def _moved(a_top: Matrix, a_bottom: Matrix, b_top: Matrix, b_bottom: Matrix) -> tuple[int, int]:
    """Cases whose own figure rose and fell."""
    with np.errstate(invalid="ignore", divide="ignore"):
        delta = b_top / b_bottom - a_top / a_bottom
    return int(np.nansum(delta > 1e-9)), int(np.nansum(delta < -1e-9))
