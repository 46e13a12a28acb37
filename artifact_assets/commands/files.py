"""Transcript files named on the command line.

What belongs here: reading one with its sidecar, and noticing several. What does not: what is in them.
"""

from __future__ import annotations

from pathlib import Path

from artifact_assets.configuration.schema import Configuration
from artifact_assets.configuration.settings import Settings
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.inbox import sidecar_name
from artifact_assets.domain.meeting import Sidecar, meeting_id_from_path
from artifact_assets.domain.ports import Sources
from artifact_assets.domain.records import Arrival
from artifact_assets.stages.arrival import notice
from artifact_assets.stages.case import parse_sidecar
from artifact_assets.stages.transcript import MAX_SIDECAR_BYTES
from resources.sources import FileSources


async def read_file(file: str, configuration: Configuration) -> tuple[bytes, str, Sidecar, str]:
    """Content, file name, sidecar and meeting id of one file. Raises PipelineError(unreadable_input)."""
    sources, path = FileSources(), Path(file).absolute()
    content = await sources.read(str(path), configuration.max_file_bytes)
    fallback = meeting_id_from_path(path.name, personal=configuration.id == "digest")
    beside = _sidecar_of(path)
    sidecar = parse_sidecar(await sources.read(beside, MAX_SIDECAR_BYTES), fallback) if beside else Sidecar()
    return content, path.name, sidecar, sidecar.meeting_id or fallback


async def notice_files(
    files: tuple[str, ...], settings: Settings, configuration: Configuration, sources: Sources
) -> list[Arrival]:
    """One arrival per file. Raises PipelineError(unreadable_input) when a file does not exist or two claim one id."""
    arrivals: dict[str, Arrival] = {}
    for file in files:
        path = Path(file).absolute()
        if not path.is_file():
            raise PipelineError(
                FailureClass.UNREADABLE_INPUT,
                f"{file} is {'not a file' if path.exists() else 'not there'}, so nothing was processed.",
                "Name transcript files.",
            )
        arrival = await notice(sources, configuration, str(path), _relative(path, settings.inbox), _sidecar_of(path))
        other = arrivals.setdefault(arrival.meeting_id, arrival)
        if other.source != arrival.source:
            raise PipelineError(
                FailureClass.UNREADABLE_INPUT,
                f"{other.file_name} and {arrival.file_name} both claim the meeting id {arrival.meeting_id}, so nothing was "
                "processed.",
                "Give one of them another meeting_id in its sidecar.",
            )
    return list(arrivals.values())


def _relative(path: Path, inbox: str) -> str:
    """The path below the inbox for files in it, so that both ways of noticing a file give it one id; else its name."""
    if "://" not in inbox:
        root = Path(inbox).absolute()
        if path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return path.name


def _sidecar_of(path: Path) -> str | None:
    beside = path.with_name(sidecar_name(path.name))
    return str(beside) if beside.is_file() else None
