"""The committed weights: data with its provenance, read once.

What belongs here: the file format. What does not: what the numbers mean (see ``model``). ``scorer.npz`` holds arrays
only (never pickled objects); ``scorer.json`` beside it says what they were made from.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from artifact_assets.domain.documents import sha256
from artifact_assets.extraction.deterministic.scoring.model import Scorer

FOLDER = "artifact_assets.extraction.deterministic.scoring"


@dataclass(frozen=True)
class Thresholds:
    """Probabilities from which an item is suggested and from which it is delivered. ``scorer.json`` says how precise."""

    suggest: float
    deliver: float


@cache
def thresholds() -> Thresholds:
    """The committed thresholds."""
    provenance = json.loads(files(FOLDER).joinpath("scorer.json").read_text(encoding="utf-8"))
    return Thresholds(suggest=float(provenance["suggest"]), deliver=float(provenance["deliver"]))


@cache
def weights_digest() -> str:
    """SHA-256 of the weights file: part of the extractor's identity."""
    return sha256(files(FOLDER).joinpath("scorer.npz").read_bytes())


@cache
def action_scorer() -> Scorer:
    """The scorer of action items."""
    with files(FOLDER).joinpath("scorer.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        return Scorer(
            numbers={str(word): number for number, word in enumerate(arrays["words"].tolist(), start=1)},
            keys=np.asarray(arrays["keys"], dtype=np.int64),
            weights=np.asarray(arrays["weights"], dtype=np.float64) * float(arrays["scale"]),
            around=np.asarray(arrays["around"], dtype=np.float64),
            intercept=float(arrays["intercept"]),
            second=np.asarray(arrays["second"], dtype=np.float64),
            second_intercept=float(arrays["second_intercept"]),
        )
