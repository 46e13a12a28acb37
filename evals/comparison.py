"""Two runs over the same cases, side by side: figures, and the items that differ.

What belongs here: the comparison as a value. What does not: printing it or drawing it (see ``evals.reporting``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from artifact_assets.domain.artifact import Item, headline
from artifact_assets.domain.grounding.words import normal_text
from evals.dataset.case import Expected
from evals.dataset.meeting import EvalMeeting
from evals.dataset.reading import Dataset
from evals.evaluation import Evaluation
from evals.scoring.matching import turns_of
from evals.scoring.metrics import METRICS
from evals.scoring.movement import moved
from evals.scoring.score import Score, Scores
from evals.scoring.scorecard import Scorecard, stability
from evals.statistics.bootstrap import Difference, Estimate, differences, estimates


@dataclass(frozen=True)
class Judged:
    """A delivered item and what the labels say of it: ``right``, ``optional``, ``forbidden`` or ``surplus``."""

    item: Item
    word: str
    about: str | None = None


@dataclass(frozen=True)
class CaseDifference:
    """One case in which the runs differ. ``only_a`` and ``only_b`` are items the other one does not deliver as such."""

    meeting: EvalMeeting
    better: tuple[str, ...]
    worse: tuple[str, ...]
    only_a: tuple[Judged, ...]
    only_b: tuple[Judged, ...]
    both: int
    missed_by_b: tuple[Expected, ...]


@dataclass(frozen=True)
class Comparison:
    """B against A. ``kept_ids`` is what B would keep of A's record identities."""

    a: Evaluation
    b: Evaluation
    dataset: Dataset
    figures: Mapping[str, tuple[Estimate | None, Estimate | None]]
    differences: Mapping[str, Difference]
    cases: tuple[CaseDifference, ...]
    kept_ids: Estimate | None


def compare_runs(a: Evaluation, b: Evaluation, dataset: Dataset, *, seed: int = 0) -> Comparison:
    """The comparison of two scored runs over ``dataset``."""
    a, b = _narrowed(a, b), _narrowed(b, a)
    one, other = estimates(a.scores, seed=seed), estimates(b.scores, seed=seed)
    figures = {name: (one.get(name), other.get(name)) for name in METRICS if name in one or name in other}
    meetings = {meeting.case.case: meeting for meeting in dataset.meetings}
    cards_a, cards_b = _first(a.cards), _first(b.cards)
    both = sorted(cards_a.keys() & cards_b.keys())
    cases = [_case(meetings[case], (cards_a[case], cards_b[case]), a.scores[case], b.scores[case]) for case in both]
    return Comparison(
        a,
        b,
        dataset,
        figures,
        differences(a.scores, b.scores, seed=seed),
        tuple(case for case in cases if case is not None),
        _kept(a, b, meetings, both, seed),
    )


def _narrowed(run: Evaluation, other: Evaluation) -> Evaluation:
    """``run`` on the cases that both have: figures of different meetings are not comparable."""
    return replace(run, scores={case: scores for case, scores in run.scores.items() if case in other.scores})


def _first(cards: Iterable[Scorecard]) -> dict[str, Scorecard]:
    """The first sample of each case: items are compared one extraction with another."""
    found: dict[str, Scorecard] = {}
    for card in cards:
        found.setdefault(card.case, card)
    return found


def _case(meeting: EvalMeeting, cards: tuple[Scorecard, Scorecard], was: Scores, now: Scores) -> CaseDifference | None:
    a, b = (tuple(_judged(card)) for card in cards)
    said_a, said_b = {_key(one) for one in a}, {_key(one) for one in b}
    better, worse = moved(was, now)
    if said_a == said_b and not better and not worse:
        return None
    return CaseDifference(
        meeting,
        better,
        worse,
        tuple(one for one in a if _key(one) not in said_b),
        tuple(one for one in b if _key(one) not in said_a),
        len(said_a & said_b),
        cards[1].matching.missed,
    )


def _judged(card: Scorecard) -> Iterable[Judged]:
    matching = card.matching
    yield from (Judged(item, "right", want.text) for want, item in matching.pairs)
    yield from (Judged(item, "optional", want.text) for want, item in matching.excused)
    yield from (Judged(item, "forbidden", entry.reason.replace("_", " ")) for entry, item in matching.forbidden)
    yield from (Judged(item, "surplus") for item in matching.surplus)


def _key(judged: Judged) -> tuple[str, ...]:
    """What makes it the same to a reader: for what was expected its owner, day and value, else its words and place."""
    content = judged.item.content
    details = [str(getattr(content, name, None)) for name in ("owner", "due", "value")]
    if judged.word in {"right", "optional"}:
        return (judged.word, content.kind, judged.about or "", *details)
    places = ",".join(map(str, sorted(turns_of(judged.item))))
    return (judged.word, content.kind, normal_text(headline(content)), places, *details)


def _kept(
    a: Evaluation, b: Evaluation, meetings: Mapping[str, EvalMeeting], cases: Iterable[str], seed: int
) -> Estimate | None:
    first_a = {outcome.case: outcome for outcome in reversed(a.outcomes)}
    first_b = {outcome.case: outcome for outcome in reversed(b.outcomes)}
    kept: dict[str, Mapping[str, Score]] = {
        case: {"stable": stability(meetings[case], first_a[case].delivered, first_b[case].delivered)} for case in cases
    }
    return estimates(kept, seed=seed).get("stable")
