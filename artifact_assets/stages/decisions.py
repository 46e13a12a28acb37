"""What people decided about a meeting's items, as recorded.

What belongs here: recording a decision and reading all of a meeting's. What does not: making one (see ``review``) and
applying it (see ``artifact_assets.domain.art.decisions``).

The words of a decision lie in the artifact store, where erasure finds them; the ledger keeps who, why, when, a digest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from artifact_assets.domain.art.decisions import Decision, latest
from artifact_assets.domain.documents import to_bytes
from artifact_assets.domain.ports import ArtifactStore, Ledger
from artifact_assets.domain.records import Intervention

ACTIONS = {"approve": "review_approve", "edit": "review_edit", "reject": "review_reject"}
"""Names of the interventions, by ruling. Stored by value."""


async def record(decision: Decision, meeting_id: str, ledger: Ledger, store: ArtifactStore) -> None:
    """Make a decision durable: its document first, so that the ledger never names one that is not there."""
    digest = await store.put(to_bytes(decision))
    await ledger.intervene(
        Intervention(
            at=decision.at,
            who=decision.by,
            why=decision.why,
            action=ACTIONS[decision.ruling],
            meeting_id=meeting_id,
            item_id=decision.item_id,
            details={"decision": digest, "waived": list(decision.waived)},
        )
    )


async def decisions_of(meeting_id: str, ledger: Ledger, store: ArtifactStore) -> Mapping[str, Decision]:
    """The decision in force for each item of a meeting.

    Raises PipelineError(storage_unavailable) when a decision's document is missing or damaged: going on without it
    could write what a person rejected.
    """
    return await decisions_in(await decisions_key(meeting_id, ledger), store)


async def decisions_in(digests: Sequence[str], store: ArtifactStore) -> Mapping[str, Decision]:
    """``decisions_of`` for decisions whose documents are known."""
    return latest([Decision.model_validate_json(await store.get(digest)) for digest in digests])


async def decisions_key(meeting_id: str, ledger: Ledger) -> tuple[str, ...]:
    """What identifies a meeting's decisions, for the key of the stage that applies them."""
    recorded = await ledger.interventions(meeting_id)
    return tuple(str(entry.details["decision"]) for entry in recorded if entry.action in ACTIONS.values())
