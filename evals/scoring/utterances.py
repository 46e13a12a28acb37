"""Action items counted in utterances, as the literature on AMI does.

What belongs here: these three figures. What does not: items (see ``finding``).
"""

from __future__ import annotations

from collections.abc import Iterator

from artifact_assets.domain.artifact import Item, ItemKind, ItemState
from evals.dataset.meeting import EvalMeeting
from evals.scoring.score import Score, share


def utterances(meeting: EvalMeeting, items: tuple[Item, ...]) -> Iterator[Score]:
    """Utterances that action items rest on, delivered or suggested, against those that annotators linked to one."""
    wanted = meeting.linked
    if wanted is None:
        required = [w for w in meeting.case.expected if w.kind is ItemKind.ACTION_ITEM and not w.optional]
        wanted = frozenset(turn for want in required for turn in want.evidence)
    told = [
        item
        for item in items
        if item.content.kind == ItemKind.ACTION_ITEM and item.state in {ItemState.ACCEPTED, ItemState.SUGGESTED}
    ]
    spans = [span for item in told for evidence in item.evidence for span in evidence.spans]
    places = meeting.utterances
    said = places.under(spans) if places is not None else frozenset(span.turn for span in spans)
    hits = len(said & wanted)
    yield share("utterance_f1", 2 * hits, len(said) + len(wanted))
    yield share("utterance_precision", hits, len(said))
    yield share("utterance_recall", hits, len(wanted))
