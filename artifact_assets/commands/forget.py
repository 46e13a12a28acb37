"""``forget``: erase meetings, or all meetings of a person, and list what remains.

What belongs here: the command. What does not: erasing (see ``stages.erasing``).
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from typing import Any

import click

from artifact_assets.commands.deliveries import who
from artifact_assets.commands.output import json_option, print_json, print_table, remark
from artifact_assets.commands.progress import progress
from artifact_assets.configuration.environment import settings
from artifact_assets.configuration.settings import Settings
from artifact_assets.domain.display import displayed_line
from artifact_assets.domain.erasure import Erasure, Holdings
from artifact_assets.stages.erasing import Eraser, at_destination
from artifact_assets.stages.participants import meetings_with
from artifact_assets.stages.sweeping import SHARES, sweep
from artifact_assets.wiring import open_ledger
from resources.artifact_store import open_store

ALWAYS_REMAINS = (
    "Backups of the ledger, the store and Dagster's database made before today hold the words until they expire.",
    "Copies that people made: files of `trace --export`, cases of evals that were copied on, printed pages, mails.",
)


@click.command()
@click.argument("meetings", nargs=-1)
@click.option("--person", metavar="EMAIL", help="All meetings with this participant; `-` reads the address from stdin.")
@click.option(
    "--resume", is_flag=True, help="Go on with erasures that were cut off; sweep out what a restore brought back."
)
@click.option("--dry-run", is_flag=True, help="Say what would be removed and what would remain; change nothing.")
@json_option
def forget(meetings: tuple[str, ...], person: str | None, resume: bool, dry_run: bool, as_json: bool) -> None:
    """Erase MEETINGS: their words leave everything that is ours, and their content is refused from then on."""
    from artifact_assets.erasure_wiring import open_eraser
    from artifact_assets.instance import open_instance

    if not (meetings or person or resume):
        raise click.UsageError("Name meetings, or --person EMAIL.")
    where = settings()
    where.make_home()
    unread: list[str] = []
    if person is not None:
        found, unread = _of_person(where, sys.stdin.readline() if person == "-" else person)
        meetings = tuple(dict.fromkeys([*meetings, *found]))
    with open_instance(where) as instance, open_eraser(where, instance) as eraser:
        if dry_run:
            _print_preview(asyncio.run(_previews(eraser, meetings)), unread, as_json)
            return
        erasures = asyncio.run(_erase(eraser, meetings, resume))
    _print(erasures, unread, as_json)
    sys.exit(1 if unread else 0)


def _of_person(where: Settings, email: str) -> tuple[list[str], list[str]]:
    with open_ledger(where) as ledger, progress("meetings", len(asyncio.run(ledger.meetings()))) as bar:
        found, unread = asyncio.run(meetings_with(email, ledger, open_store(where.store), bar.advance))
    return [meeting.meeting_id for meeting in found], unread


async def _previews(eraser: Eraser, meetings: Sequence[str]) -> list[Holdings]:
    return [await eraser.preview(meeting_id) for meeting_id in meetings]


async def _erase(eraser: Eraser, meetings: Sequence[str], resume: bool) -> list[Erasure]:
    # Nothing is erased when one of several names is wrong.
    await _previews(eraser, meetings)
    done = list(await eraser.resume(who())) if resume else []
    if resume and (back := await sweep(eraser.book, eraser.store, eraser.clock.now(), range(SHARES))):
        remark(f"{back} documents of erased meetings lay in the store again and were removed.")
    with progress("meetings", len(meetings)) as bar:
        for meeting_id in meetings:
            done.append(await eraser.erase(meeting_id, who()))
            bar.advance()
    return done


def _print_preview(held: Sequence[Holdings], unread: Sequence[str], as_json: bool) -> None:
    rows = [
        {
            "meeting_id": one.meeting.meeting_id,
            "state": one.meeting.state.value,
            "sources": len(one.sources),
            "documents": len(one.documents),
            "writes": len(one.intents),
            "cases": len(one.cases),
            "remains": list(filter(None, map(at_destination, one.intents))),
            "same_transcript": list(one.twins),
        }
        for one in held
    ]
    if as_json:
        print_json({"dry_run": True, "meetings": rows, "unreadable": list(unread), "remains": list(ALWAYS_REMAINS)})
        return
    print_table(
        ("meeting", "state", "files", "documents", "writes", "remain at destinations", "same transcript"),
        (
            (
                one.meeting.meeting_id,
                one.meeting.state.value,
                len(one.sources),
                len(one.documents),
                len(one.intents),
                sum(at_destination(intent) is not None for intent in one.intents),
                ", ".join(one.twins),
            )
            for one in held
        ),
        empty="No meetings.",
    )
    _say(unread)
    remark("Nothing was erased: this was a dry run.")


def _print(erasures: Sequence[Erasure], unread: Sequence[str], as_json: bool) -> None:
    if as_json:
        print_json(
            {"erasures": [_row(one) for one in erasures], "unreadable": list(unread), "remains": list(ALWAYS_REMAINS)}
        )
        return
    print_table(
        ("erased", "removed"),
        ((one.meeting_id, ", ".join(f"{step}: {count}" for step, count in one.removed.items())) for one in erasures),
        empty="No meetings.",
    )
    left = [(one.meeting_id, remaining) for one in erasures for remaining in one.remains]
    if left:
        print_table(
            ("what remains of", "what", "where"), ((id_, one["what"], _where(one)) for id_, one in left), empty=""
        )
    _say(unread)


def _say(unread: Sequence[str]) -> None:
    for meeting_id in unread:
        remark(displayed_line(f"{meeting_id}: its documents cannot be read, so who took part is not known."))
    for line in ALWAYS_REMAINS:
        remark(line)


def _row(one: Erasure) -> dict[str, Any]:
    return {
        "meeting_id": one.meeting_id,
        "requested_at": one.requested_at.isoformat(),
        "finished_at": one.finished_at.isoformat() if one.finished_at else None,
        "removed": dict(one.removed),
        "remains": list(one.remains),
    }


def _where(one: Any) -> str:
    return " ".join(str(value) for key, value in one.items() if key != "what" and value is not None)
