"""A transcript file arrives: which meeting it is, and whether it is new.

What belongs here: naming the meeting, recording it, and refusing a file that claims another file's meeting. What does not:
running anything, and where files come from.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

from artifact_assets.configuration.schema import Configuration
from artifact_assets.domain.documents import digest_of, sha256
from artifact_assets.domain.erasure import ErasedContent
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.inbox import InboxEntry
from artifact_assets.domain.meeting import Sidecar, meeting_id_from_path
from artifact_assets.domain.ports import Sources
from artifact_assets.domain.records import Arrival, Meeting, Reception, StageCommit
from artifact_assets.domain.states import MeetingState
from artifact_assets.stages.case import parse_sidecar
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.transcript import MAX_SIDECAR_BYTES


async def notice(
    sources: Sources, configuration: Configuration, source: str, relative_path: str, sidecar_source: str | None
) -> Arrival:
    """The arrival of the file at ``source``; ``relative_path`` is its path below the inbox, with forward slashes.

    Never raises for a bad file: one that cannot be read arrives under a digest of its circumstances, so that its run can
    fail it with the cause, and a wrong sidecar names nothing.
    """
    fallback = meeting_id_from_path(relative_path, personal=configuration.id == "digest")
    try:
        content = await sources.read(source, configuration.max_file_bytes)
        digest, size = sha256(content), len(content)
    except PipelineError as error:
        digest, size = digest_of([source, error.failure_class, error.cause]), 0
    sidecar, sidecar_digest = Sidecar(), None
    if sidecar_source is not None:
        try:
            raw = await sources.read(sidecar_source, MAX_SIDECAR_BYTES)
            sidecar_digest = sha256(raw)
            sidecar = parse_sidecar(raw, fallback)
        except PipelineError as error:
            sidecar_digest = sidecar_digest or digest_of([sidecar_source, error.failure_class])
    return Arrival(
        meeting_id=sidecar.meeting_id or fallback,
        source=source,
        file_name=PurePosixPath(relative_path).name,
        transcript_digest=digest,
        size_bytes=size,
        sidecar_source=sidecar_source,
        sidecar_digest=sidecar_digest,
        kind=sidecar.kind,
    )


async def admit(equipment: Equipment, entry: InboxEntry) -> Meeting | None:
    """Record an inbox entry; returns its meeting when that needs a run.

    Raises PipelineError(unreadable_input) when another file claims the same meeting; this one is then on record as a failed
    meeting of its own, so that it is seen and not lost. Raises ErasedContent for what was erased.
    """
    file, ledger = entry.transcript, equipment.ledger
    sidecar = entry.sidecar.source if entry.sidecar is not None else None
    arrival = await notice(equipment.sources, equipment.configuration, file.source, file.relative_path, sidecar)
    try:
        meeting, reception = await ledger.receive(arrival, equipment.clock.now())
    except ErasedContent:
        await ledger.mark({file.source: entry.mark})
        raise
    except PipelineError as error:
        await _refuse(equipment, arrival, file.relative_path, error)
        await ledger.mark({file.source: entry.mark})
        raise
    await ledger.mark({file.source: entry.mark})
    waits = meeting.state is MeetingState.RECEIVED and meeting.attempts == 0
    return meeting if waits or reception is not Reception.SAME else None


async def _refuse(equipment: Equipment, arrival: Arrival, relative_path: str, error: PipelineError) -> None:
    own = meeting_id_from_path(relative_path, personal=equipment.configuration.id == "digest")
    if own == arrival.meeting_id:
        return
    ledger, now, owner = equipment.ledger, equipment.clock.now(), f"arrival:{arrival.transcript_digest[:12]}"
    await ledger.receive(replace(arrival, meeting_id=own), now)
    if await ledger.begin(own, owner, equipment.configuration.walk.lease_seconds) is None:
        return
    await ledger.commit(
        StageCommit(
            meeting_id=own,
            owner=owner,
            state=MeetingState.FAILED,
            at=now,
            run_id="",
            failure_class=error.failure_class,
            cause=error.cause,
        )
    )
    await ledger.release(own, owner)
