"""How likely a count or a level is when nothing changed: small robust statistics with stated error rates.

What belongs here: the arithmetic. What does not: which series are looked at (see ``series``) and what is said of them (see
``watching``).

Counts: before so many events in so many chances, now ``count`` in ``chances``. With a Gamma prior over the unknown rate the
count to come is negative binomial, which is right for rare errors too: one event in a month does not make the second one
an alarm. Days differ more than chance alone would have it, so counts are shrunk by the dispersion the baseline shows.
Levels: the deviation of a mean from the median of earlier means, in units of their own spread (MAD) and of the mean's error.

Libraries were looked at (statsmodels, river, pyod, scipy): forecasters need a fit per series and tick, stream detectors have
no false alarm rate that one could state, and what is left is these three functions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
EXACT_UP_TO = 400
"""Higher counts take the normal approximation of the variance-stabilized count; its tail is right to a factor of 2 there."""
MAD_TO_SIGMA = 1.4826


def usual_counts(counts: Numbers, chances: Numbers) -> Numbers:
    """Daily counts with wild days cut to what the median day would allow.

    A trouble of last week must not be what is usual this week. Three events a day pass in any case: an error that comes once a
    month has a median of nought, and is usual all the same.
    """
    wanted = chances > 0
    rate = float(np.median(counts[wanted] / chances[wanted])) if wanted.any() else 0.0
    expected = rate * chances
    return np.minimum(counts, expected + 3 * np.sqrt(expected) + 3)


def dispersion(counts: Numbers, expected: Numbers) -> float:
    """How much more daily counts vary than chance alone: 1 for pure chance. A tenth of the days, the wildest, is left out."""
    wanted = expected > 0
    if wanted.sum() < 7:
        return 1.0
    deviations = np.sort((counts[wanted] - expected[wanted]) ** 2 / expected[wanted])
    kept = deviations[: max(1, int(len(deviations) * 0.9))]
    # Leaving out the upper tenth of squared normal deviations takes 44% of their mean away.
    return max(1.0, float(kept.mean()) / 0.62)


def more_than_before(count: float, chances: float, before: float, before_chances: float, spread: float = 1.0) -> float:
    """The probability of at least ``count`` events in ``chances`` after ``before`` in ``before_chances``, nothing changed."""
    if count <= 0 or chances <= 0 or before_chances <= 0:
        return 1.0
    count, before = count / spread, before / spread
    shape = before + 0.5
    if count <= EXACT_UP_TO:
        return _upper_tail(math.ceil(count - 1e-9), shape, before_chances / (before_chances + chances))
    expected = shape * chances / before_chances
    deviation = 2 * (math.sqrt(count + 0.375) - math.sqrt(expected + 0.375)) / math.sqrt(1 + chances / before_chances)
    return _normal_tail(deviation)


def fewer_than(count: float, expected: float, spread: float = 1.0) -> float:
    """The probability of at most ``count`` events where ``expected`` are usual."""
    if expected <= 0:
        return 1.0
    count, expected = count / spread, expected / spread
    terms = [-expected + k * math.log(expected) - math.lgamma(k + 1) for k in range(int(count) + 1)]
    return min(1.0, sum(math.exp(term) for term in terms))


def deviation(mean: float, error: float, earlier: Sequence[float]) -> float:
    """How far ``mean`` lies from the earlier ones, in units of their spread and its own error; signed."""
    usual = float(np.median(earlier))
    spread = MAD_TO_SIGMA * float(np.median(np.abs(np.asarray(earlier) - usual)))
    scale = math.hypot(spread, error)
    return (mean - usual) / scale if scale > 0 else 0.0


def _upper_tail(count: int, shape: float, stays: float) -> float:
    """P(X >= count) of a negative binomial: ``shape`` successes wanted, each with probability ``stays``."""
    below = 0.0
    for k in range(count):
        below += math.exp(
            math.lgamma(k + shape) - math.lgamma(k + 1) - math.lgamma(shape)
            + shape * math.log(stays) + k * math.log1p(-stays)
        )  # fmt: skip
    if below < 1 - 1e-9:
        return 1.0 - below
    # So far out that 1 - below is rounding: sum the tail itself.
    tail, k = 0.0, count
    while True:
        term = math.exp(
            math.lgamma(k + shape) - math.lgamma(k + 1) - math.lgamma(shape)
            + shape * math.log(stays) + k * math.log1p(-stays)
        )  # fmt: skip
        tail += term
        k += 1
        if term < tail * 1e-9 or term == 0.0:
            return tail


def _normal_tail(deviation_: float) -> float:
    return 0.5 * math.erfc(deviation_ / math.sqrt(2))
