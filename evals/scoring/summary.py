"""Scores over many cases, in the shapes people and files want.

What belongs here: one scorecard a case out of several repeats, figures with intervals, and the same by group. What does
not: drawing them (see ``evals.reporting``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from evals.dataset.meeting import EvalMeeting
from evals.scoring.metrics import METRICS
from evals.scoring.score import Score, Scores, value
from evals.scoring.scorecard import Scorecard
from evals.statistics.bootstrap import Estimate, estimates


def by_case(cards: Iterable[Scorecard]) -> dict[str, Scores]:
    """Scores by case, the repeats of a case added up: an interval then speaks of cases and not of samples."""
    found: dict[str, dict[str, Score]] = {}
    for card in cards:
        known = found.setdefault(card.case, {})
        for name, score in card.scores.items():
            have = known.get(name)
            known[name] = score if have is None else _added(have, score)
    return dict(found)


def grouped(cards: Mapping[str, Scores], meetings: Iterable[EvalMeeting]) -> dict[str, dict[str, Scores]]:
    """The same scores by domain, language and trait."""
    groups: dict[str, dict[str, Scores]] = {}
    for meeting in meetings:
        case = meeting.case
        if case.case not in cards:
            continue
        names = (f"domain {case.domain}", f"language {case.language}", *(f"trait {trait}" for trait in case.traits))
        for name in names:
            groups.setdefault(name, {})[case.case] = cards[case.case]
    return dict(sorted(groups.items()))


def summary_of(cards: Mapping[str, Scores], *, seed: int = 0) -> dict[str, Any]:
    """Figures with intervals as a file holds them."""
    return {
        name: {"value": round(e.value, 4), "low": round(e.low, 4), "high": round(e.high, 4), "cases": e.cases}
        for name, e in estimates(cards, seed=seed).items()
    }


def case_rows(cards: Mapping[str, Scores]) -> tuple[dict[str, Any], ...]:
    """Each case's figures with their reasons."""
    return tuple(
        {
            "case": case,
            "scores": {
                name: {
                    "value": value(score.top, score.bottom, METRICS[name].unit),
                    "top": score.top,
                    "bottom": score.bottom,
                    "reasons": list(score.reasons),
                }
                for name, score in scores.items()
            },
        }
        for case, scores in sorted(cards.items())
    )


def figure(estimate: Estimate, unit: str) -> str:
    """A figure with its interval as people read it."""
    if unit == "%":
        return f"{estimate.value:.1f} [{estimate.low:.1f}, {estimate.high:.1f}]"
    if unit == "items":
        return f"{estimate.value * estimate.cases:.0f} in {estimate.cases} cases"
    return f"{estimate.value:.3g} [{estimate.low:.3g}, {estimate.high:.3g}]"


def _added(one: Score, other: Score) -> Score:
    reasons = tuple(dict.fromkeys((*one.reasons, *other.reasons)))
    return Score(metric=one.metric, top=one.top + other.top, bottom=one.bottom + other.bottom, reasons=reasons)
