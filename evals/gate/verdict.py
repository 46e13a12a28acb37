"""Whether what a system does now may replace what was accepted.

What belongs here: the rules of the gate, as one verdict with every reason. What does not: running systems (see
``evals.commands.check``) and printing.

1. A hard rule: one invented item or one obeyed injection anywhere fails, whatever the baseline had.
2. A significant regression: the paired 95% interval of a figure's difference lies wholly on the worse side.
3. A lost case: one that delivered something right now delivers nothing right, ends otherwise than it should, or delivers
   what it took back. A single meeting is never significant, and losing one whole is never noise.
4. A changed prompt, parameter, model, form or dataset without a new baseline.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evals.dataset.reading import Dataset
from evals.evaluation import Evaluation
from evals.gate.baseline import Entry
from evals.running.outcome import Outcome
from evals.scoring.metrics import METRICS
from evals.scoring.movement import moved
from evals.scoring.score import Better, Score, Scores
from evals.scoring.scorecard import stability
from evals.statistics.bootstrap import Difference, differences

ALL_OR_NOTHING = ("schema", "state", "warnings", "retractions")
"""Figures that are a matter of one case. Few meetings take something back, and each one missed is a wrong record."""
ACCEPT = "Look at it with `python -m evals compare`; if it is meant, `python -m evals baseline --why TEXT` accepts it."


@dataclass(frozen=True)
class CaseChange:
    """What changed in one case: figures that moved, each with the reasons that are new."""

    case: str
    worse: tuple[str, ...]
    better: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """Every reason against a system as it is now, and everything that moved."""

    system: str
    reasons: tuple[str, ...]
    differences: Mapping[str, Difference]
    changes: tuple[CaseChange, ...]
    hard_cases: Mapping[str, tuple[str, ...]]
    lost_cases: Mapping[str, str]
    scores: Mapping[str, Scores]

    @property
    def passed(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.reasons


def judge_run(entry: Entry, evaluation: Evaluation, dataset: Dataset, *, seed: int = 0) -> Verdict:
    """The verdict on ``evaluation`` against ``entry``."""
    after = _with_stability(entry, evaluation, dataset)
    before = {case: _with_own_ids(scores, after.get(case, {})) for case, scores in entry.scores.items()}
    between = differences(before, after, seed=seed)
    hard, lost = _hard(after), _lost(before, after)
    reasons = [
        *_mismatches(entry, evaluation),
        *(f"{case}: {told}" for case, all_told in hard.items() for told in all_told),
        *(f"{case}: {why}" for case, why in lost.items()),
        *_regressions(between),
    ]
    return Verdict(evaluation.manifest.system, tuple(reasons), between, _changes(before, after), hard, lost, after)


def failed(system: str, why: str) -> Verdict:
    """A verdict on a system that could not be run at all."""
    return Verdict(system, (why,), {}, (), {}, {}, {})


def regressed(name: str, difference: Difference) -> bool:
    """Whether a figure got significantly worse."""
    metric = METRICS[name]
    if not metric.gated or metric.better is Better.NEITHER or not difference.significant:
        return False
    return (difference.high < 0) == (metric.better is Better.HIGHER)


def _with_stability(entry: Entry, evaluation: Evaluation, dataset: Dataset) -> dict[str, Scores]:
    """Scores, with the stability of ids measured against the accepted items."""
    meetings = {meeting.case.case: meeting for meeting in dataset.meetings}
    known = {case.case: case for case in entry.cases}
    first: dict[str, Outcome] = {outcome.case: outcome for outcome in reversed(evaluation.outcomes)}
    found: dict[str, Scores] = {}
    for case, scores in evaluation.scores.items():
        told: dict[str, Score] = dict(scores)
        if case in known and case in meetings:
            told["stable"] = stability(meetings[case], known[case].items, first[case].delivered)
        found[case] = told
    return found


def _with_own_ids(was: Scores, now: Scores) -> Scores:
    """Accepted scores, with ids as stable as they can be: the accepted items against themselves."""
    kept = now.get("stable")
    others = {name: score for name, score in was.items() if name != "stable"}
    return others if kept is None else {**others, "stable": kept.model_copy(update={"top": kept.bottom})}


def _mismatches(entry: Entry, evaluation: Evaluation) -> list[str]:
    named = evaluation.manifest.differs_from(entry.manifest)
    told = [f"{name} was {_short(was)} and is {_short(now)}" for name, (was, now) in named.items()]
    return [f"The baseline is of something else: {', '.join(told)}. {ACCEPT}"] if told else []


def _hard(after: Mapping[str, Scores]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for case, scores in sorted(after.items()):
        told = [
            f"{name.replace('_', ' ')}: {reason}"
            for name, score in scores.items()
            if METRICS[name].hard and score.top > 0
            for reason in score.reasons
        ]
        if told:
            found[case] = tuple(told)
    return found


def _lost(before: Mapping[str, Scores], after: Mapping[str, Scores]) -> dict[str, str]:
    found: dict[str, str] = {}
    for case, was in sorted(before.items()):
        now = after.get(case)
        if now is None:
            found[case] = "it was not scored any more"
            continue
        if _top(was, "recall") > 0 and _top(now, "recall") == 0:
            found[case] = "nothing of what it rightly delivered is delivered any more"
        for name in ALL_OR_NOTHING:
            if _top(now, name) < _top(was, name):
                found[case] = f"{name}: {'; '.join(now[name].reasons)}"
    return found


def _regressions(moved: Mapping[str, Difference]) -> list[str]:
    return [
        f"{name} fell" if METRICS[name].better is Better.HIGHER else f"{name} rose"
        for name in METRICS
        if name in moved and regressed(name, moved[name])
    ]


def _changes(before: Mapping[str, Scores], after: Mapping[str, Scores]) -> tuple[CaseChange, ...]:
    changes: list[CaseChange] = []
    for case in sorted(before.keys() & after.keys()):
        better, worse = moved(before[case], after[case])
        if worse or better:
            reasons = dict.fromkeys(reason for name in (*worse, *better) for reason in after[case][name].reasons)
            changes.append(CaseChange(case, worse, better, tuple(reasons)))
    return tuple(changes)


def _top(scores: Scores, name: str) -> float:
    return scores[name].top if name in scores else 0.0


def _short(text: str) -> str:
    return text[:12] if len(text) == 64 else text
