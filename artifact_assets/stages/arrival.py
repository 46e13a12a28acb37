"""Noticing a transcript file: which meeting it is and whether it is new.

What belongs here: pairing a file with its sidecar and naming the meeting. What does not: running anything.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from artifact_assets.configuration.schema import Configuration
from artifact_assets.domain.documents import digest_of, sha256
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.meeting import Sidecar, meeting_id_from_path
from artifact_assets.domain.ports import Sources
from artifact_assets.domain.records import Arrival
from artifact_assets.stages.case import parse_sidecar
from artifact_assets.stages.transcript import MAX_SIDECAR_BYTES

SIDECAR_SUFFIX = ".meta.json"


def sidecar_name(name: str) -> str:
    """``NAME.meta.json`` for ``NAME.vtt``."""
    path = PurePosixPath(name)
    return str(path.with_name(path.stem + SIDECAR_SUFFIX))


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
