"""A score: a value with its reasons, as a fraction that can be added up over cases.

What belongs here: the shape all scorers share, and the table of metrics. What does not: any scorer.

Every figure is a sum over cases divided by another: so one bootstrap over cases gives the interval of each, and a case in
which there is nothing to judge weighs nothing instead of counting as right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from artifact_assets.domain.documents import Document


class Better(StrEnum):
    """Which direction is an improvement; ``neither`` is told and never judged."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


@dataclass(frozen=True)
class Metric:
    """One figure. Of ``hard`` ones there must be none; ``unit`` is %, or what one unit of it is.

    ``label`` is what a reader who knows no statistics calls it.
    """

    name: str
    means: str
    better: Better = Better.HIGHER
    unit: str = "%"
    hard: bool = False
    label: str = ""
    gated: bool = True

    @property
    def plain(self) -> str:
        """Its name in plain words."""
        return self.label or self.name.replace("_", " ")


class Score(Document):
    """One case's part of a figure: ``top`` of ``bottom``, and why it is not all of it."""

    metric: str
    top: float
    bottom: float
    reasons: tuple[str, ...] = ()


Scores = Mapping[str, Score]


def share(metric: str, right: float, of: float, reasons: Iterable[str] = ()) -> Score:
    """``right`` of ``of``; with nothing to judge it weighs nothing."""
    return Score(metric=metric, top=right, bottom=of, reasons=tuple(reasons))


def value(top: float, bottom: float, unit: str) -> float | None:
    """A fraction as the figure people read, None without anything to judge."""
    if not bottom:
        return None
    return 100 * top / bottom if unit == "%" else top / bottom


def total(scores: Iterable[Score]) -> tuple[float, float]:
    """Tops and bottoms added up."""
    tops, bottoms = 0.0, 0.0
    for score in scores:
        tops += score.top
        bottoms += score.bottom
    return tops, bottoms
