"""Which meeting series are trained on and which are only measured, and the folds in between.

What belongs here: the split. What does not: reading meetings. Meetings of one series share people and topic, so a series
is never on two sides.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass

SEED = 20261123
HELD_OUT = 8
FOLDS = 5


@dataclass(frozen=True)
class Split:
    """Series by use. ``folds`` divide the development series."""

    held_out: tuple[str, ...]
    development: tuple[str, ...]

    @property
    def folds(self) -> tuple[tuple[str, ...], ...]:
        """The development series in ``FOLDS`` parts."""
        return tuple(self.development[start::FOLDS] for start in range(FOLDS))


def split_series(series: Iterable[str], *, held_out: int = HELD_OUT, seed: int = SEED) -> Split:
    """The split of ``series``, the same for the same seed."""
    shuffled = sorted(set(series))
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - a reproducible split, no secret
    return Split(tuple(shuffled[:held_out]), tuple(shuffled[held_out:]))
