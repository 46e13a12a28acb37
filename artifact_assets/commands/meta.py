"""``meta FILE``: a sidecar drafted from what the file and its name tell.

What belongs here: the command. What does not: drafting (see ``formats.drafting``).
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from artifact_assets.commands.output import print_json, remark
from artifact_assets.configuration.environment import configuration
from artifact_assets.domain.display import displayed_line
from artifact_assets.domain.inbox import sidecar_name
from artifact_assets.formats.drafting import draft_sidecar
from resources.sources import FileSources


@click.command()
@click.argument("file")
@click.option("--json", "_as_json", is_flag=True, help="Accepted for symmetry: the output is always JSON.")
def meta(file: str, _as_json: bool) -> None:
    """Print a sidecar for FILE to complete and save beside it."""
    path = Path(file).absolute()
    content = asyncio.run(FileSources().read(str(path), configuration().max_file_bytes))
    draft = draft_sidecar(content, path.name)
    print_json({key: value for key, value in draft.model_dump(mode="json", exclude_none=True).items() if value})
    if draft.started_at is None:
        remark("The file tells no date: add started_at, like 2026-11-17T10:00:00+01:00.")
    remark(f"Complete it and save it as {displayed_line(sidecar_name(path.name))} beside the transcript.")
