"""``add``: a meeting that people reviewed becomes a case.

What belongs here: the command. What does not: what becomes of a verdict (see ``evals.adding``).
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from artifact_assets.commands.deliveries import who
from artifact_assets.commands.output import remark
from artifact_assets.configuration.environment import configuration, settings
from artifact_assets.domain.erasure import CASE_MADE
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Intervention
from artifact_assets.domain.states import Stage
from artifact_assets.stages.decisions import decisions_of
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.reading_back import stored_case
from artifact_assets.wiring import open_equipment
from evals.adding import Added, case_of, write_case
from evals.dataset.reading import read_dataset
from evals.pseudonyms import Pseudonyms


@click.command()
@click.argument("meeting")
@click.option(
    "--to", "folder", type=click.Path(path_type=Path, file_okay=False), help="Dataset folder. Default: in the home."
)
@click.option(
    "--redact", is_flag=True, help="Other names, no mail addresses, phone or card numbers. Read it all the same."
)
@click.option("--complete", is_flag=True, help="The reviewer read the whole meeting: what nobody decided on is right.")
def add(meeting: str, folder: Path | None, redact: bool, complete: bool) -> None:
    """Make a case of MEETING with the reviewers' verdicts as labels; lists where they and the rules disagree.

    The case holds what was said: without --to it stays in the home.
    """
    where, behaviour = settings(), configuration()
    target = folder if folder is not None else where.home / "evals"
    with open_equipment(where, configuration=behaviour) as equipment:
        added = asyncio.run(_added(equipment, meeting, redact=redact, complete=complete))
        # On record before it is written, so that an erasure finds it wherever this process dies.
        told = {"folder": str(target.absolute()), "redacted": redact}
        note = Intervention(equipment.clock.now(), who(), "a case for evals", CASE_MADE, meeting, details=told)
        asyncio.run(equipment.ledger.intervene(note))
        path = write_case(target, added, behaviour)
    read_dataset(target)
    for line in added.disagreements:
        click.echo(line)
    decided = sum(not want.optional for want in added.case.expected) + len(added.case.forbidden)
    remark(f"{meeting}: {decided} labels, {len(added.disagreements)} disagreements, written to {path}")


async def _added(equipment: Equipment, meeting: str, *, redact: bool, complete: bool) -> Added:
    case = await stored_case(equipment, meeting)
    if case is None or Stage.VALIDATED not in case.documents:
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            f"There is no validated artifact of {meeting}, so no case was made.",
            "See `python -m artifact_assets meetings` for the meetings there are.",
        )
    transcript = await case.transcript()
    decisions = await decisions_of(meeting, equipment.ledger, equipment.store)
    pseudonyms = Pseudonyms(transcript) if redact else None
    return case_of(await case.artifact(), transcript, decisions, complete=complete, pseudonyms=pseudonyms)
