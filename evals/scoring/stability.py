"""Whether things keep their ids when a meeting is extracted again.

What belongs here: the product's own identity matcher, asked about two extractions. What does not: the matcher (see
``artifact_assets.domain.art.identity``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from artifact_assets.domain.art.identity import KnownArtifactItem, assign_ids
from artifact_assets.domain.art.judged import JudgedItem
from artifact_assets.domain.art.policy import IdentityPolicy
from artifact_assets.domain.artifact import Item, headline
from evals.running.pipeline import TENANT
from evals.scoring.score import Score, share

Found = Mapping[str, Item]
"""The delivered item that is each expected one, by the expected item's id."""


def stable(
    case: str, before: Sequence[Item], after: Sequence[Item], found: tuple[Found, Found], policy: IdentityPolicy
) -> Score:
    """Of the expected things that both extractions found, the share that keeps its id in the second.

    One that gets another id would become a second record at a destination. What only one of them found is no matter of
    identity, and counts in recall.
    """
    known = [KnownArtifactItem(item, item.state) for item in before]
    judged = [
        JudgedItem(content=i.content, evidence=i.evidence, confidence=i.confidence, state=i.state, failures=i.failures)
        for i in after
    ]
    # In the order of ``after``: assign_ids keeps it.
    numbered = assign_ids(TENANT, case, judged, known, policy).items
    now = {item.item_id: fresh.item_id for item, fresh in zip(after, numbered, strict=True)}
    both = sorted(found[0].keys() & found[1].keys())
    changed = [want for want in both if now.get(found[1][want].item_id) != found[0][want].item_id]
    reasons = (f"{want} gets another id: {headline(found[1][want].content)}" for want in changed)
    return share("stable", len(both) - len(changed), len(both), reasons)
