"""``review``: what waits for a person, and what a person decides about it.

What belongs here: the commands and their printing. What does not: deciding (see ``artifact_assets.stages.review``).
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import click

from artifact_assets.commands.output import json_option, meeting_row, print_json, print_meetings, remark
from artifact_assets.configuration.environment import configuration, settings
from artifact_assets.domain.artifact import ItemKind, headline
from artifact_assets.domain.display import displayed_line
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.states import MEETING_STATES
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.review import ReviewDesk, Reviewed, Waiting

Decide = Callable[[ReviewDesk, Sequence[str]], Coroutine[Any, Any, Sequence[Reviewed]]]

_BY = click.option("--by", required=True, metavar="WHO", help="Who decides; recorded.")
_WHY = click.option("--why", required=True, metavar="TEXT", help="Why; recorded.")
_MEETING = click.option("--meeting", metavar="MEETING", help="Only this meeting's items.")
_KIND = click.option("--kind", type=click.Choice([kind.value for kind in ItemKind]), help="Only items of this kind.")
_CODE = click.option("--code", metavar="CODE", help="Only items held for this reason.")


@click.group()
def review() -> None:
    """List, approve, edit or reject items that were held back."""


@review.command("list")
@_MEETING
@_KIND
@_CODE
@json_option
def list_(meeting: str | None, kind: str | None, code: str | None, as_json: bool) -> None:
    """Show held items with their quotes, their places in the source and every reason."""
    from artifact_assets.wiring import open_equipment

    with open_equipment(settings()) as equipment:
        ids = (meeting,) if meeting else None
        waiting = asyncio.run(ReviewDesk(equipment).waiting(meeting_ids=ids, kind=kind, code=code))
    if as_json:
        print_json([_row(entry) for entry in waiting])
        return
    for entry in waiting:
        _print(entry)
    if not waiting:
        remark("Nothing waits for a person.")


@review.command()
@click.argument("items", nargs=-1)
@_MEETING
@_KIND
@_CODE
@_BY
@_WHY
@json_option
def approve(
    items: tuple[str, ...], meeting: str | None, kind: str | None, code: str | None, by: str, why: str, as_json: bool
) -> None:
    """Set the reasons against ITEMS aside and deliver them. Without ITEMS, all that the options select."""
    _act(items, (meeting, kind, code), lambda desk, ids: desk.approve(ids, by, why), as_json)


@review.command()
@click.argument("items", nargs=-1)
@_MEETING
@_KIND
@_CODE
@_BY
@_WHY
@json_option
def reject(
    items: tuple[str, ...], meeting: str | None, kind: str | None, code: str | None, by: str, why: str, as_json: bool
) -> None:
    """Refuse ITEMS for good: they do not come back, however a later extraction words them."""
    _act(items, (meeting, kind, code), lambda desk, ids: desk.reject(ids, by, why), as_json)


@review.command()
@click.argument("item")
@click.option(
    "--set", "changes", multiple=True, required=True, metavar="KEY=VALUE", help="Such as owner=Ana; empty clears."
)
@_BY
@_WHY
@json_option
def edit(item: str, changes: tuple[str, ...], by: str, why: str, as_json: bool) -> None:
    """Correct ITEM and deliver it; a value the meeting does not say is marked as yours."""
    wanted = {key: value or None for key, _, value in (change.partition("=") for change in changes)}

    async def change(desk: ReviewDesk, ids: Sequence[str]) -> Sequence[Reviewed]:
        return [await desk.edit(ids[0], wanted, by, why)]

    _act((item,), (None, None, None), change, as_json)


def _act(
    items: tuple[str, ...], selected: tuple[str | None, str | None, str | None], decide: Decide, as_json: bool
) -> None:
    """Decide, then judge the meetings again and write what is new, through Dagster as everything else."""
    from artifact_assets.definitions import run_finished_in
    from artifact_assets.in_process import materialize
    from artifact_assets.instance import open_instance
    from artifact_assets.wiring import open_equipment

    where = settings()
    instance = open_instance(where)
    with open_equipment(where, configuration=configuration(), run_finished=run_finished_in(instance)) as equipment:
        desk = ReviewDesk(equipment)
        reviewed = asyncio.run(decide(desk, items or _selected(equipment, selected)))
        keys = list(dict.fromkeys(entry.meeting_id for entry in reviewed))
        materialize(equipment, instance, keys)
        meetings = asyncio.run(equipment.ledger.meetings(ids=keys))
    if as_json:
        print_json(
            {"reviewed": [_outcome(entry) for entry in reviewed], "meetings": [meeting_row(m) for m in meetings]}
        )
    else:
        for entry in reviewed:
            late = "; too old to be written" if entry.late else ""
            own = "; your own word, the meeting does not say it" if entry.asserted else ""
            click.echo(f"{entry.item_id}: {entry.state.value}{own}{late}")
        print_meetings(meetings)
    sys.exit(max((MEETING_STATES[meeting.state].exit_code for meeting in meetings), default=0))


def _selected(equipment: Equipment, selected: tuple[str | None, str | None, str | None]) -> list[str]:
    meeting, kind, code = selected
    if not any(selected):
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            "No item was named, so nothing was decided.",
            "Name items, or select them by --meeting, --kind or --code; `review list` shows them.",
        )
    ids = (meeting,) if meeting else None
    return [w.item.item_id for w in asyncio.run(ReviewDesk(equipment).waiting(meeting_ids=ids, kind=kind, code=code))]


def _row(entry: Waiting) -> dict[str, Any]:
    return {
        "meeting_id": entry.meeting_id,
        **entry.item.model_dump(mode="json"),
        "codes": list(entry.codes),
        "places": [vars(place) for place in entry.places],
    }


def _outcome(entry: Reviewed) -> dict[str, Any]:
    return {
        "meeting_id": entry.meeting_id,
        "item_id": entry.item_id,
        "ruling": entry.ruling.value,
        "state": entry.state.value,
        "asserted": entry.asserted,
        "late": [failure.code for failure in entry.late],
    }


def _print(entry: Waiting) -> None:
    item = entry.item
    click.secho(f"{item.item_id}  {entry.meeting_id}  {item.state.value}", bold=True)
    click.echo(f"  {item.content.kind.replace('_', ' ')}: {displayed_line(headline(item.content))}")
    for quote in item.evidence:
        click.secho(f"    “{displayed_line(quote.quote)}” [{quote.alignment.value}]", dim=True)
    for place in entry.places:
        at = f" at {int(place.seconds // 60)}:{int(place.seconds % 60):02d}" if place.seconds is not None else ""
        where = f", {place.source} of the file" if place.source else ""
        click.secho(f"    turn {place.turn}, {displayed_line(place.speaker or 'unknown speaker')}{at}{where}", dim=True)
    for failure in item.failures:
        click.secho(f"    held: {failure.code}: {displayed_line(failure.reason)}", fg="red")
