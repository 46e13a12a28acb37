"""``records``: the embedded record store as a person sees it.

What belongs here: looking at records, and editing or deleting them by hand. What does not: the pipeline's writes (see
``deliveries``) and the layout of a record (see ``record_card``).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Generator

import click

from artifact_assets.commands.output import json_option, print_json, print_table, remark
from artifact_assets.commands.record_card import card, print_card, print_records
from artifact_assets.configuration.environment import settings
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.wiring import clock_for
from resources.destinations.record_rows import OBJECTS
from resources.destinations.record_store import RecordStore
from resources.destinations.record_view import Record

_LOOK = "look"
_BY = click.option("--by", metavar="WHO", required=True, help="The person who does this; the record remembers it.")


class Records(click.Group):
    """Looks when no other verb is named: ``records deal`` is short for ``records look deal``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the verb in front when it was left out."""
        named = args and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named else [_LOOK, *args])


@click.group(cls=Records)
def records() -> None:
    """Look into the embedded record store, or change it as a person would.

    `records` counts, `records deal` lists, `records deal ID` shows one with its tasks, notes and tags. An OBJECT is a
    contact, company, deal, candidate, task or note.
    """


@records.command(_LOOK)
@click.argument("kind", metavar="[OBJECT]", required=False)
@click.argument("record_id", metavar="[ID]", required=False)
@json_option
def look(kind: str | None, record_id: str | None, as_json: bool) -> None:
    """Count all records, list those of OBJECT, or show the one with ID or key."""
    if kind is not None and record_id is None and "/" in kind:
        # As receipts name it: task/0fd9ba9f9955.
        kind, _, record_id = kind.removeprefix("records:").partition("/")
    with open_records() as store:
        if kind is None:
            _print_counts(store, as_json)
        elif record_id is None:
            found = asyncio.run(store.list_records(_object(kind)))
            if as_json:
                print_json([card(record) for record in found])
            else:
                print_records(kind, found)
        else:
            _print_record(store, _found(store, _object(kind), record_id), as_json)


@records.command()
@click.argument("kind", metavar="OBJECT")
@click.argument("record_id", metavar="ID")
@click.argument("field")
@click.argument("value")
@_BY
def edit(kind: str, record_id: str, field: str, value: str, by: str) -> None:
    """Set FIELD of a record to VALUE by hand: later meetings will not overwrite it unasked."""
    with open_records() as store:
        record = _found(store, _object(kind), record_id)
        asyncio.run(store.edit(record.object, record.id, field, value, by))
    remark(f"{record.object} {record.id}: {field} is set, by {by}.")


@records.command()
@click.argument("kind", metavar="OBJECT")
@click.argument("record_id", metavar="ID")
@_BY
def delete(kind: str, record_id: str, by: str) -> None:
    """Delete a record by hand: the pipeline will not make it again."""
    with open_records() as store:
        record = _found(store, _object(kind), record_id)
        asyncio.run(store.delete(record.object, record.id, by))
    remark(f"{record.object} {record.id} is deleted, by {by}.")


@contextlib.contextmanager
def open_records() -> Generator[RecordStore]:
    """The embedded record store of this process's settings."""
    where = settings()
    where.make_home()
    with RecordStore.open(where.records_url, now=clock_for(where).now) as store:
        yield store


def _print_counts(store: RecordStore, as_json: bool) -> None:
    counts = {kind: len(asyncio.run(store.list_records(kind))) for kind in OBJECTS}
    if as_json:
        print_json([{"object": kind, "count": count} for kind, count in counts.items()])
        return
    print_table(("object", "records"), counts.items(), empty="")
    fullest = max(("deal", "candidate", "company", "contact"), key=lambda kind: counts[kind])
    if counts[fullest]:
        remark(f"List them with: python -m artifact_assets records {fullest}")
    elif not any(counts.values()):
        remark("Nothing was written yet. Take a transcript through with: python -m artifact_assets process FILE")


def _print_record(store: RecordStore, record: Record, as_json: bool) -> None:
    below = f"{record.object}/{record.id}"
    tasks, notes = (
        [child for child in asyncio.run(store.list_records(kind)) if child.parent == below] for kind in ("task", "note")
    )
    if as_json:
        print_json({**card(record), "tasks": [card(task) for task in tasks], "notes": [card(note) for note in notes]})
    else:
        print_card(record, tasks, notes)


def _object(kind: str) -> str:
    if kind not in OBJECTS:
        raise click.BadParameter(f"{kind!r} is none of {', '.join(OBJECTS)}.", param_hint="OBJECT")
    return kind


def _found(store: RecordStore, kind: str, name: str) -> Record:
    """The record with the id or the key ``name``. Raises PipelineError(record_not_found)."""
    record = asyncio.run(store.record(kind, name)) or next(
        (each for each in asyncio.run(store.list_records(kind)) if each.key == name), None
    )
    if record is None:
        raise PipelineError(
            FailureClass.RECORD_NOT_FOUND,
            f"The record store has no {kind} {name!r}, so nothing was shown or changed.",
            f"List them with `records {kind}`.",
        )
    return record
