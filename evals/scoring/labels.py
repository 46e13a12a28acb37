"""Which label of one person is which of another's.

What belongs here: the matching of expected items with expected items. What does not: matching found ones (see
``matching``).
"""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.fuzz import token_set_ratio

from artifact_assets.domain.art.assignment import assign
from artifact_assets.domain.artifact import ItemKind
from artifact_assets.domain.grounding.words import normal_text
from evals.dataset.case import Expected
from evals.scoring.matching import BESIDE, EVIDENCE_WEIGHT, LEAST_TEXT, LEAST_TEXT_BESIDE


def match_labels(one: Sequence[Expected], other: Sequence[Expected]) -> tuple[tuple[Expected, Expected], ...]:
    """The pairs with the greatest total likeness, each label at most once."""
    likes = [[_like(a, b) for b in other] for a in one]
    costs = [[1 - like for like in row] + [1.0] * len(one) for row in likes]
    chosen = assign(costs) if one else ()
    return tuple(
        (one[at], other[column]) for at, column in enumerate(chosen) if column < len(other) and likes[at][column] > 0
    )


def _like(a: Expected, b: Expected) -> float:
    if a.kind is not b.kind:
        return 0.0
    here, there = frozenset(a.evidence), frozenset(b.evidence)
    shared = len(here & there) / min(len(here), len(there))
    if a.kind is ItemKind.TAG:
        return 0.5 + 0.5 * shared if a.text == b.text else 0.0
    if a.kind is ItemKind.FIELD_UPDATE:
        return 0.5 + 0.5 * shared if (a.object, a.field) == (b.object, b.field) else 0.0
    text = max(_ratio(a.text, b.text), _ratio(a.quote or a.text, b.quote or b.text))
    if shared:
        # Two people word one promise freely; on the very same turns half as much likeness will do.
        return EVIDENCE_WEIGHT * shared + (1 - EVIDENCE_WEIGHT) * text if text >= LEAST_TEXT / 2 else 0.0
    beside = any(abs(x - y) <= BESIDE for x in here for y in there)
    return 0.5 * text if beside and text >= LEAST_TEXT_BESIDE else 0.0


def _ratio(one: str, other: str) -> float:
    return token_set_ratio(normal_text(one), normal_text(other)) / 100
