"""Found or not: precision, recall and F1, and the owner, date and value of what was found.

What belongs here: figures of a matching. What does not: matching (see ``matching``), what must never be there (see
``harm``).
"""

from __future__ import annotations

from collections.abc import Iterator

from artifact_assets.domain.artifact import ActionItem, FieldUpdate, ItemKind, NextStep, headline
from evals.scoring.matching import Matching
from evals.scoring.score import Score, share
from evals.scoring.values import same_person, same_value


def found(matching: Matching) -> Iterator[Score]:
    """F1, precision and recall of what was delivered, overall and by kind."""
    yield _f1("f1", matching)
    hits, wrong = len(matching.pairs), len(matching.surplus) + len(matching.forbidden)
    yield share("precision", hits, hits + wrong)
    yield share("recall", hits, hits + len(matching.missed))
    for kind in ItemKind:
        yield _f1(f"f1.{kind}", matching.of(kind))


def shown(matching: Matching) -> Score:
    """Recall of everything a person gets to see."""
    hits = len(matching.pairs)
    return share("shown_recall", hits, hits + len(matching.missed), (f"not shown: {w.text}" for w in matching.missed))


def details(matching: Matching) -> Iterator[Score]:
    """Owner, day and value of matched items; optional ones count when they are there."""
    owners: list[str | None] = []
    days: list[str | None] = []
    values: list[str | None] = []
    for want, item in (*matching.pairs, *matching.excused):
        content = item.content
        if isinstance(content, ActionItem):
            right = same_person(content.owner, want.owner)
            owners.append(
                None if right else f"{want.id}: {content.owner or 'nobody'} instead of {want.owner or 'nobody'}"
            )
        if isinstance(content, ActionItem | NextStep) and (content.due or want.due):
            right = content.due == want.due
            days.append(None if right else f"{want.id}: {content.due or 'no day'} instead of {want.due or 'no day'}")
        if isinstance(content, FieldUpdate):
            right = same_value(content.value, want.value or "")
            values.append(None if right else f"{want.id}: {content.value} instead of {want.value}")
    for metric, wrong in (("owner", owners), ("due", days), ("value", values)):
        reasons = [reason for reason in wrong if reason is not None]
        yield share(metric, len(wrong) - len(reasons), len(wrong), reasons)


def _f1(metric: str, matching: Matching) -> Score:
    hits = len(matching.pairs)
    wrong = [*matching.surplus, *(item for _, item in matching.forbidden)]
    reasons = [
        *(f"missed {want.kind}: {want.text}" for want in matching.missed),
        *(f"not expected {item.content.kind}: {headline(item.content)}" for item in wrong),
    ]
    return share(metric, 2 * hits, 2 * hits + len(wrong) + len(matching.missed), reasons)
