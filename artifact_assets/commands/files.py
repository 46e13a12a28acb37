"""Transcript files named on the command line.

What belongs here: reading one with its sidecar, and noticing several. What does not: what is in them.
"""

from __future__ import annotations

from pathlib import Path

from artifact_assets.configuration.schema import Configuration
from artifact_assets.configuration.settings import Settings
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.inbox import EXPECTED_SUFFIX, SIDECAR_SUFFIX, sidecar_name
from artifact_assets.domain.meeting import Sidecar, meeting_id_from_path
from artifact_assets.domain.ports import Sources
from artifact_assets.domain.records import Arrival
from artifact_assets.domain.transcript import Transcript
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
    """One arrival per transcript; sidecars among ``files`` are left to theirs.

    Raises PipelineError(unreadable_input) when a file does not exist or two claim one id.
    """
    arrivals: dict[str, Arrival] = {}
    transcripts = [file for file in files if not file.endswith((SIDECAR_SUFFIX, EXPECTED_SUFFIX))]
    if not transcripts:
        raise _refused(f"{files[0]} is a sidecar", "Name the transcript it belongs to.")
    for file in transcripts:
        path = Path(file).absolute()
        if not _is_file(path):
            raise _refused(*_not_a_file(file, path))
        arrival = await notice(sources, configuration, str(path), _relative(path, settings.inbox), _sidecar_of(path))
        other = arrivals.setdefault(arrival.meeting_id, arrival)
        if other.source != arrival.source:
            raise _refused(
                f"{other.file_name} and {arrival.file_name} both claim the meeting id {arrival.meeting_id}",
                "Give one of them another meeting_id in its sidecar.",
            )
    return list(arrivals.values())


def start_missing(transcript: Transcript, file_name: str) -> str | None:
    """The sentence that asks for the meeting's start; None when it is known with its zone."""
    if transcript.started_at is not None and transcript.started_at.tzinfo is not None:
        return None
    lacks = "date" if transcript.started_at is None else "time zone"
    return (
        f"{file_name} tells no {lacks}, so days such as “by Friday” stay words. Give started_at, like "
        f"2026-11-17T10:00:00+01:00, in {sidecar_name(file_name)} beside it; `meta` drafts that file."
    )


def _refused(what: str, remedy: str) -> PipelineError:
    return PipelineError(FailureClass.UNREADABLE_INPUT, f"{what}, so nothing was processed.", remedy)


def _not_a_file(file: str, path: Path) -> tuple[str, str]:
    try:
        if path.is_dir():
            return f"{file} is a folder", f"Name the files in it, such as {file.rstrip('/')}/*."
        there = path.exists()
    except OSError as error:
        return f"{file} cannot be read ({error.strerror})", "Check the path and its permissions."
    return f"{file} is {'not a file' if there else 'not there'}", "Name transcript files."


def _relative(path: Path, inbox: str) -> str:
    """The path below the inbox for files in it, so that both ways of noticing a file give it one id; else its name."""
    if "://" not in inbox:
        root = Path(inbox).absolute()
        if path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return path.name


def _sidecar_of(path: Path) -> str | None:
    beside = path.with_name(sidecar_name(path.name))
    return str(beside) if _is_file(beside) else None


def _is_file(path: Path) -> bool:
    """``Path.is_file`` that takes a name too long for the file system, such as a long name's sidecar, for absent."""
    try:
        return path.is_file()
    except OSError:
        return False
