"""All scores of a case, and the figures over many.

What belongs here: calling the scorers and adding up. What does not: a scorer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from artifact_assets.domain.artifact import Item
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.transcript import Transcript
from evals.dataset.meeting import EvalMeeting
from evals.running.outcome import Outcome
from evals.scoring.ending import ending
from evals.scoring.finding import details, found, shown
from evals.scoring.harm import grounded, harm
from evals.scoring.matching import Matching, match
from evals.scoring.score import Score, Scores, total
from evals.scoring.stability import stable
from evals.scoring.utterances import utterances


@dataclass(frozen=True)
class Scorecard:
    """One case scored. ``matching`` is of the delivered items, for people who want to see which."""

    case: str
    repeat: int
    scores: Scores
    matching: Matching


def score_case(meeting: EvalMeeting, outcome: Outcome, again: Outcome | None = None) -> Scorecard:
    """Every score of one outcome; ``again`` is another extraction of the same case, for the stability of ids."""
    case = meeting.case
    matching = match(case.expected, case.forbidden, outcome.delivered)
    items = outcome.artifact.items if outcome.artifact is not None else ()
    scores: list[Score] = [
        *found(matching),
        *details(matching),
        *harm(case, matching, outcome.delivered, _transcript(meeting)),
        *utterances(meeting, items),
        *ending(case, outcome),
        shown(match(case.expected, (), outcome.shown)),
        grounded(items),
    ]
    if again is not None and again.artifact is not None and outcome.artifact is not None:
        scores.append(stability(meeting, again.delivered, outcome.delivered))
    return Scorecard(case.case, outcome.repeat, {score.metric: score for score in scores}, matching)


def stability(meeting: EvalMeeting, before: tuple[Item, ...], after: tuple[Item, ...]) -> Score:
    """Whether what both extractions found keeps its id."""
    case = meeting.case
    found = tuple(
        {want.id: item for want, item in (*matching.pairs, *matching.excused)}
        for matching in (match(case.expected, case.forbidden, items) for items in (before, after))
    )
    return stable(case.case, before, after, (found[0], found[1]), meeting.configuration.art.identity)


def score_all(meetings: Iterable[EvalMeeting], outcomes: Iterable[Outcome]) -> tuple[Scorecard, ...]:
    """The scorecards of all outcomes that say something about quality; later repeats are compared with the first."""
    known = {meeting.case.case: meeting for meeting in meetings}
    first: dict[str, Outcome] = {}
    cards: list[Scorecard] = []
    for outcome in sorted(outcomes, key=lambda o: (o.case, o.repeat)):
        if outcome.limited or outcome.case not in known:
            continue
        again = first.get(outcome.case)
        cards.append(score_case(known[outcome.case], outcome, again))
        first.setdefault(outcome.case, outcome)
    return tuple(cards)


def totals(cards: Iterable[Mapping[str, Score]]) -> dict[str, tuple[float, float]]:
    """For each metric the sums over cases."""
    by_metric: dict[str, list[Score]] = {}
    for scores in cards:
        for name, score in scores.items():
            by_metric.setdefault(name, []).append(score)
    return {name: total(scores) for name, scores in by_metric.items()}


def _transcript(meeting: EvalMeeting) -> Transcript | None:
    try:
        return meeting.transcript()
    except PipelineError:
        return None
