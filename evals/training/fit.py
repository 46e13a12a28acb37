"""Fits the two stages of the scorer with scikit-learn.

What belongs here: from labelled talks to a ``Scorer``. What does not: choosing meetings (see ``splits``), measuring (see
``measures``).
"""

# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
# scikit-learn and SciPy are needed for training only and are not installed where the checks run.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from artifact_assets.extraction.deterministic.scoring.model import (
    COLUMNS,
    NEIGHBOUR_SHARE,
    Scorer,
    along,
    known,
    overlap,
    voices_of,
)
from artifact_assets.extraction.deterministic.scoring.surroundings import NAMES, surroundings
from artifact_assets.extraction.deterministic.scoring.tokens import Grams, grams_of, tokens_of
from artifact_assets.extraction.deterministic.talk import Talk
from evals.training.corpora import Labelled

Kind = Literal["actions", "decisions"]
LEAST_MENTIONS = 12
STAGE_ONE_C = 0.2
STAGE_TWO_C = 0.05
SMALLEST_WEIGHT = 0.01


@dataclass(frozen=True)
class Row:
    """One rendering of one meeting, ready to fit: its labels and its feature matrix."""

    meeting_id: str
    series: str
    spoken: bool
    talk: Talk
    grams: Grams
    labels: npt.NDArray[np.bool_]


def rows_of(meetings: Sequence[Labelled], kind: Kind, numbers: Mapping[str, int]) -> list[Row]:
    """Each meeting as spoken and, where there is one, as a recognizer heard it."""
    rows: list[Row] = []
    for meeting in meetings:
        labels = meeting.actions if kind == "actions" else meeting.decisions
        for talk in (meeting.talk, meeting.heard):
            if talk is not None:
                grams = grams_of([tokens_of(sentence.lower, None) for sentence in talk.sentences], numbers)
                rows.append(Row(meeting.meeting_id, meeting.series, talk is meeting.talk, talk, grams, labels))
    return rows


def frequent_keys(rows: Sequence[Row]) -> npt.NDArray[np.int64]:
    """The n-grams of at least ``LEAST_MENTIONS`` sentences as spoken, sorted."""
    keys = np.concatenate(
        [np.unique(np.stack([r.grams.sentence, r.grams.key], 1), axis=0)[:, 1] for r in rows if r.spoken]
    )
    found, counts = np.unique(keys, return_counts=True)
    return found[counts >= LEAST_MENTIONS]


def fit_scorer(rows: Sequence[Row], numbers: Mapping[str, int], folds: Sequence[Sequence[str]]) -> tuple[Scorer, Any]:
    """The scorer fitted on ``rows``, and its out-of-fold probabilities by meeting id.

    Stage two is fitted on stage one's scores of series that stage one had not seen; that makes its output calibrated.
    """
    keys = frequent_keys(rows)
    matrices = [_matrix(row, keys) for row in rows]
    unseen: dict[str, npt.NDArray[np.float64]] = {}
    for fold in folds:
        inside = [at for at, row in enumerate(rows) if row.series not in fold]
        part = _stage_one([rows[at] for at in inside], [matrices[at] for at in inside], numbers, keys)
        for row in rows:
            if row.series in fold and row.spoken:
                unseen[row.meeting_id] = part.logits(row.talk, row.grams)
    first = _stage_one(rows, matrices, numbers, keys)
    spoken = [row for row in rows if row.spoken]
    estimates: dict[str, npt.NDArray[np.float64]] = {}
    for fold in folds:
        second = _stage_two(first, [row for row in spoken if row.series not in fold], unseen)
        for row in spoken:
            if row.series in fold:
                estimates[row.meeting_id] = second.calibrated(unseen[row.meeting_id])
    return _stage_two(first, spoken, unseen), estimates


def _matrix(row: Row, keys: npt.NDArray[np.int64]) -> Any:
    from scipy import sparse  # noqa: PLC0415 - development only

    count = len(row.talk.sentences)
    sentence, key = known(row.grams, keys)
    base = sparse.csr_matrix((np.ones(len(key), np.float32), (sentence, key)), shape=(count, len(keys)))
    voices = voices_of(row.talk)
    blocks: list[Any] = [base]
    for distance, same in COLUMNS[1:]:
        here, there = overlap(count, distance)
        at_here, at_there = np.arange(count)[here], np.arange(count)[there]
        fits = (voices[at_here] == voices[at_there]) == bool(same)
        share = np.full(int(fits.sum()), NEIGHBOUR_SHARE, np.float32)
        shift = sparse.csr_matrix((share, (at_here[fits], at_there[fits])), shape=(count, count))
        blocks.append(shift @ base)
    return sparse.hstack([*blocks, sparse.csr_matrix(surroundings(row.talk))]).tocsr()


def _stage_one(rows: Sequence[Row], matrices: Sequence[Any], numbers: Mapping[str, int], keys: Any) -> Scorer:
    from scipy import sparse  # noqa: PLC0415 - development only
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - development only

    labels = np.concatenate([row.labels for row in rows])
    model: Any = LogisticRegression(C=STAGE_ONE_C, solver="liblinear", max_iter=200, random_state=0)
    model.fit(sparse.vstack(matrices).tocsr(), labels)
    weights: npt.NDArray[np.float64] = model.coef_[0]
    split = len(keys) * len(COLUMNS)
    return Scorer(
        numbers=dict(numbers),
        keys=keys,
        weights=weights[:split].reshape(len(COLUMNS), len(keys)).T.copy(),
        around=weights[split : split + len(NAMES)],
        intercept=float(model.intercept_[0]),
        second=np.zeros(0),
        second_intercept=0.0,
    )


def _stage_two(first: Scorer, rows: Sequence[Row], unseen: Mapping[str, npt.NDArray[np.float64]]) -> Scorer:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - development only

    views = np.concatenate([along(unseen[row.meeting_id]) for row in rows])
    labels = np.concatenate([row.labels for row in rows])
    mean, spread = views.mean(0), views.std(0) + 1e-6
    model: Any = LogisticRegression(C=STAGE_TWO_C, max_iter=500, random_state=0)
    model.fit((views - mean) / spread, labels)
    second: npt.NDArray[np.float64] = model.coef_[0] / spread
    return replace(first, second=second, second_intercept=float(model.intercept_[0] - (second * mean).sum()))


def pruned(scorer: Scorer) -> Scorer:
    """The scorer without n-grams whose weights are all next to nothing."""
    kept = np.abs(scorer.weights).max(axis=1) >= SMALLEST_WEIGHT
    return replace(scorer, keys=scorer.keys[kept], weights=scorer.weights[kept])
