"""Writes the fitted scorer where the extractor reads it, with its provenance beside it.

What belongs here: the file format of the committed weights and the statement of their origin. What does not: fitting.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from artifact_assets.extraction.deterministic.scoring import weights
from artifact_assets.extraction.deterministic.scoring.model import Scorer
from artifact_assets.extraction.deterministic.scoring.tokens import classes_digest
from evals.training.fit import LEAST_MENTIONS, STAGE_ONE_C, STAGE_TWO_C
from evals.training.splits import FOLDS, SEED, Split

SCORING = Path(weights.__file__).parent
STEPS = 32767

ATTRIBUTION = (
    "Trained on the AMI Meeting Corpus (University of Edinburgh and the AMI consortium) and, for the choice of words, on the "
    "ICSI Meeting Corpus (International Computer Science Institute), both licensed CC BY 4.0, "
    "https://creativecommons.org/licenses/by/4.0/. The weights are numbers about word sequences; no utterance is included."
)


def write_scorer(
    scorer: Scorer, *, deliver: float, suggest: float, split: Split, cross_validated: Mapping[str, object]
) -> None:
    """``scorer.npz`` and ``scorer.json`` in the package. Weights are stored in ``STEPS`` steps of the largest one."""
    scale = float(np.abs(scorer.weights).max()) / STEPS
    np.savez_compressed(
        SCORING / "scorer.npz",
        words=np.array(list(scorer.numbers)),
        keys=scorer.keys,
        weights=np.round(scorer.weights / scale).astype(np.int16),
        scale=np.array(scale),
        around=scorer.around,
        intercept=np.array(scorer.intercept),
        second=scorer.second,
        second_intercept=np.array(scorer.second_intercept),
    )
    provenance = {
        "what": "Linear scorer of action items, used by the deterministic extractor. Made by `python -m evals.training fit`.",
        "attribution": ATTRIBUTION,
        "labels": "AMI utterances linked to a sentence of the meeting's action summary",
        "seed": SEED,
        "folds": FOLDS,
        "development_series": split.development,
        "held_out_series": split.held_out,
        "parameters": {"stage_one_c": STAGE_ONE_C, "stage_two_c": STAGE_TWO_C, "least_mentions": LEAST_MENTIONS},
        "classes": classes_digest(),
        "words": len(scorer.numbers),
        "ngrams": len(scorer.keys),
        "deliver": deliver,
        "suggest": suggest,
        "cross_validated": cross_validated,
    }
    (SCORING / "scorer.json").write_text(json.dumps(provenance, indent=2) + "\n", encoding="utf-8")
