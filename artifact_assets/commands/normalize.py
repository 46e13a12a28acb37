"""``normalize FILE``: the canonical transcript of one file.

What belongs here: the command. What does not: formats.
"""

from __future__ import annotations

import asyncio

import click

from artifact_assets.commands.files import read_file
from artifact_assets.commands.output import print_json, remark
from artifact_assets.configuration.environment import configuration
from artifact_assets.domain.transcript import Transcript
from artifact_assets.formats.joining import join_sidecar
from artifact_assets.formats.reading import read_transcript


@click.command()
@click.argument("file")
@click.option("--format", "format_name", metavar="NAME", help="Read it as this format instead of detecting one.")
@click.option("--json", "_as_json", is_flag=True, help="Accepted for symmetry: the output is always JSON.")
def normalize(file: str, format_name: str | None, _as_json: bool) -> None:
    """Print the canonical transcript of FILE as JSON. Warnings are part of it."""
    behaviour = configuration()
    content, name, sidecar, meeting_id = asyncio.run(read_file(file, behaviour))
    read = read_transcript(content, file_name=name, format_name=format_name, limits=behaviour.reading_limits)
    transcript = join_sidecar(read, sidecar)
    print_json(canonical(transcript, meeting_id))
    for warning in transcript.warnings[:20]:
        remark(f"warning[{warning.code}]: {warning.message}" + (f" ({warning.place})" if warning.place else ""))


def canonical(transcript: Transcript, meeting_id: str) -> dict[str, object]:
    """The transcript in the order of the command line contract."""
    document = transcript.model_dump(mode="json")
    return {"meeting_id": meeting_id, **document}
