"""How far two people's labels of the same meetings agree.

What belongs here: second labels, F1 between labellers by kind, and Cohen's kappa over turns. What does not: reading the
first labels (see ``evals.dataset``).

F1 between labellers treats one as found and the other as expected; it is the same either way round. Kappa asks of every turn
whether it is evidence of an item of a kind, and takes out what agreement by chance would give (Cohen, 1960); published
annotators of action items on meetings reach 0.36 to 0.47.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from artifact_assets.domain.artifact import ItemKind
from artifact_assets.domain.documents import Document
from artifact_assets.domain.failures import FailureClass, PipelineError
from evals.dataset.case import Expected, Forbidden
from evals.dataset.reading import Dataset
from evals.scoring.labels import match_labels
from evals.scoring.values import same_person, same_value

ROUNDS = 4000
Numbers = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


class SecondLabels(Document):
    """One case as a second person labelled it, without having seen the first labels."""

    case: str
    expected: tuple[Expected, ...] = ()
    forbidden: tuple[Forbidden, ...] = ()


@dataclass(frozen=True)
class Agreement:
    """One figure of agreement with its 95% interval over cases. ``one`` and ``other`` count labels of each person."""

    value: float
    low: float
    high: float
    one: int
    other: int


@dataclass(frozen=True)
class Agreements:
    """All figures. Percentages, except kappas, which run from -1 to 1."""

    cases: int
    f1: Mapping[str, Agreement]
    kappa: Mapping[str, Agreement]
    details: Mapping[str, tuple[int, int]]
    differing: tuple[str, ...]


def read_second(folder: Path) -> dict[str, SecondLabels]:
    """Second labels by case. Raises PipelineError(unreadable_input)."""
    found: dict[str, SecondLabels] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if not line.strip():
                continue
            try:
                entry = json.loads(line)
                told = SecondLabels.model_validate(
                    {k: entry[k] for k in ("case", "expected", "forbidden") if k in entry}
                )
            except (ValueError, ValidationError) as error:
                raise PipelineError(
                    FailureClass.UNREADABLE_INPUT,
                    f"{path.name}:{number} is no labelled case ({type(error).__name__}), so nothing was compared.",
                    "Each line needs case, expected and forbidden, as docs/evals.md describes.",
                ) from error
            found[told.case] = told
    if not found:
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            f"There are no second labels in {folder.name}, so nothing was compared.",
            "Write evals/golden/second/*.jsonl.",
        )
    return found


def agreement(dataset: Dataset, second: Mapping[str, SecondLabels], *, seed: int = 0) -> Agreements:
    """The agreement on the cases that both labelled. Optional labels count: leaving one out is a difference too."""
    names = [m for m in dataset.meetings if m.case.case in second]
    pairs: dict[str, list[tuple[int, int, int]]] = {}
    tables: dict[str, list[tuple[int, int, int, int]]] = {}
    details = {"owner": [0, 0], "due": [0, 0], "value": [0, 0]}
    differing: list[str] = []
    for meeting in names:
        one, other = meeting.case.expected, second[meeting.case.case].expected
        matched = match_labels(one, other)
        for kind in (None, *ItemKind):
            a = [want for want in one if kind in {None, want.kind}]
            b = [want for want in other if kind in {None, want.kind}]
            both = sum(kind in {None, pair[0].kind} for pair in matched)
            pairs.setdefault(kind.value if kind else "all", []).append((both, len(a), len(b)))
        for left, right in matched:
            _compare(left, right, details)
        differing += _differing(meeting.case.case, one, other, matched)
        turns = 0 if meeting.case.expects.state == "failed" else len(meeting.transcript().turns)
        for kind in ItemKind:
            tables.setdefault(kind.value, []).append(_table(one, other, kind, turns))
    draws = np.random.default_rng(seed).multinomial(len(names), np.full(len(names), 1 / len(names)), ROUNDS)
    return Agreements(
        len(names),
        {kind: _f1(np.array(rows, float), draws) for kind, rows in pairs.items() if any(a + b for _, a, b in rows)},
        {
            kind: _kappa(np.array(rows, float), draws)
            for kind, rows in tables.items()
            if any(sum(row[:3]) for row in rows)
        },
        {name: (right, of) for name, (right, of) in details.items()},
        tuple(differing),
    )


def _compare(left: Expected, right: Expected, details: dict[str, list[int]]) -> None:
    if left.kind is ItemKind.ACTION_ITEM:
        details["owner"][0] += same_person(left.owner, right.owner)
        details["owner"][1] += 1
    if left.due or right.due:
        details["due"][0] += left.due == right.due
        details["due"][1] += 1
    if left.kind is ItemKind.FIELD_UPDATE:
        details["value"][0] += same_value(left.value or "", right.value or "")
        details["value"][1] += 1


def _differing(
    case: str,
    one: tuple[Expected, ...],
    other: tuple[Expected, ...],
    matched: tuple[tuple[Expected, Expected], ...],
) -> Iterator[str]:
    left, right = {id(pair[0]) for pair in matched}, {id(pair[1]) for pair in matched}
    for word, labels, seen in (("first", one, left), ("second", other, right)):
        yield from (
            f"{case}: only the {word} has {want.kind}{' (optional)' if want.optional else ''}: {want.text}"
            for want in labels
            if id(want) not in seen
        )


def _table(
    one: tuple[Expected, ...], other: tuple[Expected, ...], kind: ItemKind, turns: int
) -> tuple[int, int, int, int]:
    """Turns that are evidence for both, the first only, the second only, neither."""
    a = {turn for want in one if want.kind is kind for turn in want.evidence}
    b = {turn for want in other if want.kind is kind for turn in want.evidence}
    return len(a & b), len(a - b), len(b - a), max(turns - len(a | b), 0)


def _f1(rows: Numbers, draws: Counts) -> Agreement:
    def value(sums: Numbers) -> Numbers:
        return 200 * sums[:, 0] / np.maximum(sums[:, 1] + sums[:, 2], 1)

    return _told(value(rows.sum(0, keepdims=True)), value(draws @ rows), int(rows[:, 1].sum()), int(rows[:, 2].sum()))


def _kappa(rows: Numbers, draws: Counts) -> Agreement:
    def value(sums: Numbers) -> Numbers:
        both, first, second, neither = sums.T
        total = sums.sum(1)
        seen = (both + neither) / total
        chance = ((both + first) * (both + second) + (neither + first) * (neither + second)) / total**2
        return (seen - chance) / np.maximum(1 - chance, 1e-9)

    counts = int(rows[:, 0].sum() + rows[:, 1].sum()), int(rows[:, 0].sum() + rows[:, 2].sum())
    return _told(value(rows.sum(0, keepdims=True)), value(draws @ rows), *counts)


def _told(
    whole: Numbers,
    drawn: Numbers,
    one: int,
    other: int,
) -> Agreement:
    low, high = np.percentile(drawn, (2.5, 97.5))
    return Agreement(round(float(whole[0]), 3), round(float(low), 3), round(float(high), 3), one, other)
