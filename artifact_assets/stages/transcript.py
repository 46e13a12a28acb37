"""Stage 1, transcript: the received file and its sidecar, kept unaltered under their digests.

What belongs here: copying from the source into the store. What does not: looking into the file (see ``normalized``).
"""

from __future__ import annotations

from dataclasses import replace

from artifact_assets.domain.documents import sha256
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.records import Arrival, Json
from artifact_assets.domain.states import Stage
from artifact_assets.stages.case import Case
from artifact_assets.stages.stage import Outcome, StageWork

MAX_SIDECAR_BYTES = 1_000_000


async def _components(case: Case) -> Json:
    return {"transcript": case.meeting.transcript_digest, "sidecar": case.meeting.sidecar_digest}


async def _perform(case: Case) -> Outcome:
    content = await _received(case)
    store = case.equipment.store
    digest = await store.put(content)
    case.received = content
    return Outcome(
        document=digest,
        metadata={
            "bytes": len(content),
            "revision": case.meeting.revision[:12],
            "sidecar": case.meeting.sidecar_digest is not None,
            "document": store.location(digest),
        },
    )


async def _received(case: Case) -> bytes:
    """The transcript's bytes, with the sidecar stored on the way.

    The source wins over the store, because it may have been corrected since it was noticed; when it is gone, what was
    stored earlier serves a replay.
    """
    equipment, meeting = case.equipment, case.meeting
    try:
        content = await equipment.sources.read(meeting.source, equipment.configuration.max_file_bytes)
        sidecar = (
            await equipment.sources.read(meeting.sidecar_source, MAX_SIDECAR_BYTES) if meeting.sidecar_source else None
        )
    except PipelineError:
        if await equipment.store.intact(meeting.transcript_digest) and (
            meeting.sidecar_digest is None or await equipment.store.intact(meeting.sidecar_digest)
        ):
            return await equipment.store.get(meeting.transcript_digest)
        raise
    if sidecar is not None:
        await equipment.store.put(sidecar)
    arrival = Arrival(
        meeting_id=meeting.meeting_id,
        source=meeting.source,
        file_name=meeting.file_name,
        transcript_digest=sha256(content),
        size_bytes=len(content),
        sidecar_source=meeting.sidecar_source,
        sidecar_digest=sha256(sidecar) if sidecar is not None else None,
        kind=meeting.kind,
    )
    if (arrival.transcript_digest, arrival.sidecar_digest) != (meeting.transcript_digest, meeting.sidecar_digest):
        newer, _ = await equipment.ledger.receive(arrival, equipment.clock.now())
        case.replaced(replace(newer, lease_owner=case.owner))
    return content


TRANSCRIPT = StageWork(Stage.TRANSCRIPT, "1", _components, _perform)
