"""From a record at a destination back to the meeting, the words and the run it comes from.

What belongs here: finding the writes behind a marker, a key or a destination's own id, and what they rest on. What does not:
reading the record itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from artifact_assets.domain.artifact import Artifact, GroundedEvidence, Item
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.ports import ArtifactStore, Ledger
from artifact_assets.domain.records import Checkpoint, Intent, Meeting
from artifact_assets.domain.states import Stage
from artifact_assets.domain.transcript import Transcript, Turn

_MARK = re.compile(r"(?:ref:\s*)?(?:ma-)?([0-9a-f]{8,64})", re.IGNORECASE)


@dataclass(frozen=True)
class Origin:
    """One write behind a record, with what it rests on as far as that is still stored.

    ``item`` and ``turns`` are None and empty when the document is gone; ``validated`` is the stage result that holds the item.
    """

    meeting: Meeting
    intent: Intent
    item: Item | None = None
    turns: tuple[Turn, ...] = ()
    extracted: Checkpoint | None = None
    validated: Checkpoint | None = None
    delivered: Checkpoint | None = None

    @property
    def evidence(self) -> tuple[GroundedEvidence, ...]:
        """Where the item was said."""
        return self.item.evidence if self.item is not None else ()


async def origins(ledger: Ledger, store: ArtifactStore, record: str) -> tuple[Origin, ...]:
    """The writes behind ``record``, newest first.

    It is a mark such as ``ref: ma-0123456789ab``, a record or idempotency key or the beginning of one, or ``DESTINATION:ID``
    with the destination's own id. Raises PipelineError(unreadable_input) when nothing of ours is behind it.
    """
    named = record.strip()
    found: tuple[Intent, ...] = ()
    mark = _MARK.fullmatch(named)
    destination, colon, place = named.partition(":")
    if mark is not None:
        found = await ledger.intents_under(mark.group(1).lower())
    if not found and colon and place:
        # The embedded store's links name the object too: records:task/ID.
        found = await ledger.intents_at(destination.strip(), place.strip().rpartition("/")[2])
    if not found:
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            "No write of this ledger is behind that record, so there is nothing to tell.",
            "Give the mark on the record (ref: ma-...), a key that `deliveries` lists, or DESTINATION:ID.",
        )
    return tuple([await _origin(ledger, store, intent) for intent in reversed(found)])


async def _origin(ledger: Ledger, store: ArtifactStore, intent: Intent) -> Origin:
    meeting = await ledger.meeting(intent.meeting_id)
    assert meeting is not None, "a meeting with writes"
    checkpoints = await ledger.checkpoints(intent.meeting_id)
    document = next((i.document for i in await ledger.items(intent.meeting_id) if i.item_id == intent.item_id), None)
    if document is None or not await store.intact(document):
        return Origin(meeting, intent)
    artifact = Artifact.model_validate_json(await store.get(document))
    item = next((item for item in artifact.items if item.item_id == intent.item_id), None)

    def newest(stage: Stage, wanted: str | None = None) -> Checkpoint | None:
        of_stage = [c for c in checkpoints if c.stage is stage and wanted in (None, c.document)]
        return of_stage[-1] if of_stage else None

    normalized = newest(Stage.NORMALIZED)
    turns: tuple[Turn, ...] = ()
    if item is not None and normalized is not None and await store.intact(normalized.document):
        cited = {index for evidence in item.evidence for index in evidence.turns}
        transcript = Transcript.model_validate_json(await store.get(normalized.document))
        turns = tuple(turn for turn in transcript.turns if turn.index in cited)
    return Origin(
        meeting,
        intent,
        item,
        turns,
        newest(Stage.EXTRACTED, artifact.extraction_digest),
        newest(Stage.VALIDATED, document),
        newest(Stage.DELIVERED),
    )
