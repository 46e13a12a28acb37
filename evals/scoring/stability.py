"""Whether things keep their ids when a meeting is extracted again.

What belongs here: the product's own identity matcher, asked about two extractions. What does not: the matcher (see
``artifact_assets.domain.art.identity``).
"""

from __future__ import annotations

from collections.abc import Sequence

from artifact_assets.domain.art.identity import KnownArtifactItem, assign_ids
from artifact_assets.domain.art.judged import JudgedItem
from artifact_assets.domain.art.policy import IdentityPolicy
from artifact_assets.domain.artifact import Item, headline
from evals.running.pipeline import TENANT
from evals.scoring.score import Score, share


def stable(case: str, before: Sequence[Item], after: Sequence[Item], policy: IdentityPolicy) -> Score:
    """Of the items of either extraction, the share that the other one continues under the same id.

    A thing that both say and that gets another id would be a second record at a destination, so it counts against both.
    """
    known = [KnownArtifactItem(item, item.state) for item in before]
    judged = [
        JudgedItem(content=i.content, evidence=i.evidence, confidence=i.confidence, state=i.state, failures=i.failures)
        for i in after
    ]
    identified = assign_ids(TENANT, case, judged, known, policy)
    new = [item for item in identified.items if item.item_id in identified.added]
    reasons = [
        *(f"gone: {headline(item.content)}" for item in identified.superseded),
        *(f"new: {headline(item.content)}" for item in new),
    ]
    kept = len(identified.kept)
    return share("stable", 2 * kept, 2 * kept + len(identified.superseded) + len(new), reasons)
