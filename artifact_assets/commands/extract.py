"""``extract FILE``: the validated artifact of one file, delivered nowhere.

What belongs here: the command. What does not: extracting and judging.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

import click

from artifact_assets.commands.artifact_view import print_artifact
from artifact_assets.commands.files import read_file, start_missing
from artifact_assets.commands.output import json_option, print_json, remark
from artifact_assets.configuration.environment import configuration, settings
from artifact_assets.domain.art.identity import assign_ids
from artifact_assets.domain.art.judgement import judge
from artifact_assets.domain.artifact import Artifact
from artifact_assets.domain.brief import Brief
from artifact_assets.domain.documents import sha256, to_bytes
from artifact_assets.domain.transcript import Transcript
from artifact_assets.formats.joining import join_sidecar
from artifact_assets.formats.reading import read_transcript
from artifact_assets.wiring import extractor_for


@click.command()
@click.argument("file")
@click.option("--extractor", "choice", type=click.Choice(["deterministic", "model"]), help="Default: as configured.")
@json_option
def extract(file: str, choice: str | None, as_json: bool) -> None:
    """Print the items found in FILE with evidence and verdicts. Nothing is stored or delivered."""
    artifact, transcript, name = asyncio.run(_extract(file, choice))
    if as_json:
        print_json(artifact.model_dump(mode="json"))
    else:
        print_artifact(artifact, transcript)
    missing = start_missing(transcript, name)
    if missing:
        remark(missing)


async def _extract(file: str, choice: str | None) -> tuple[Artifact, Transcript, str]:
    behaviour, where = configuration(), settings()
    content, name, sidecar, meeting_id = await read_file(file, behaviour)
    transcript = join_sidecar(read_transcript(content, file_name=name, limits=behaviour.reading_limits), sidecar)
    brief = Brief(
        kind=transcript.kind,
        started_at=transcript.started_at,
        participants=transcript.participants,
        vocabulary=behaviour.vocabulary,
    )
    if choice == "deterministic":
        where = replace(where, llm_base_url=None, llm_model=None)
    with extractor_for(where, behaviour, wanted=choice) as extractor:
        extraction = await extractor.extract(transcript, sha256(to_bytes(transcript)), brief)
    judgement = judge(extraction, transcript, brief, behaviour.art)
    identified = assign_ids(where.tenant, meeting_id, judgement.items, (), behaviour.art.identity)
    artifact = Artifact(
        meeting_id=meeting_id,
        revision=sha256(content),
        transcript_digest=sha256(content),
        extraction_digest=sha256(to_bytes(extraction)),
        trace=extraction.trace,
        items=identified.items,
        failures=judgement.failures,
        warnings=transcript.warnings + extraction.warnings,
    )
    return artifact, transcript, name
