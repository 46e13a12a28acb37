"""A record of the embedded store on a terminal, and as JSON.

What belongs here: the layout. What does not: finding the record (see ``records``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from artifact_assets.commands.output import print_table
from artifact_assets.domain.display import displayed_line
from resources.destinations.record_view import Record

_HEADLINE = ("title", "body", "name")
_OWN_PLACE = frozenset({*_HEADLINE, "owner", "due", "due_text", "quote", "marker", "meeting_id", "meeting_title"})


def card(record: Record) -> dict[str, Any]:
    """The record as JSON. ``edited`` maps fields to the person who changed them last by hand."""
    return {
        "object": record.object,
        "id": record.id,
        "key": record.key,
        "parent": record.parent,
        "fields": dict(record.fields),
        "tags": list(record.tags),
        "edited": dict(record.edited),
        "created_at": record.created_at.isoformat(),
    }


def print_records(kind: str, found: Sequence[Record]) -> None:
    """One line per record."""
    print_table(
        ("id", "key", "what", "on"),
        ((record.id, record.key, summary(record), record.parent) for record in found),
        empty=f"No {kind} records.",
    )


def summary(record: Record) -> str:
    """The record in a few words: its title, or its fields and tags."""
    headline = next((record.fields[name] for name in _HEADLINE if name in record.fields), None)
    if headline is not None:
        return displayed_line(headline)
    told = [f"{name} {value}" for name, value in record.fields.items()]
    return displayed_line(", ".join(told + [f"#{tag}" for tag in record.tags]))


def print_card(record: Record, tasks: Sequence[Record], notes: Sequence[Record]) -> None:
    """The record with everything that hangs on it."""
    click.secho(f"{record.object} {displayed_line(record.key or record.id)}", bold=True)
    click.secho(f"  id {record.id}, created {record.created_at:%Y-%m-%d %H:%M} UTC", dim=True)
    if record.object in ("task", "note"):
        _print_child(record)
        click.echo(f"      on {record.parent}")
        return
    width = max((len(name) for name in record.fields), default=0)
    for name, value in record.fields.items():
        by = f"   (set by {displayed_line(record.edited[name])})" if name in record.edited else ""
        click.echo(f"  {displayed_line(name):{width}}  {displayed_line(value)}{by}")
    if record.tags:
        click.echo(f"  tags: {displayed_line(', '.join(record.tags))}")
    for name, children in (("tasks", tasks), ("notes", notes)):
        if children:
            click.secho(f"\n{name} ({len(children)})", bold=True)
        for child in children:
            _print_child(child)


def _print_child(child: Record) -> None:
    fields = child.fields
    due = f"due {fields['due']}" if "due" in fields else f"due “{fields['due_text']}”" if "due_text" in fields else None
    told = ", ".join(part for part in (fields.get("owner"), due) if part)
    click.echo(f"  {displayed_line(summary(child))}" + (f" ({displayed_line(told)})" if told else ""))
    if "quote" in fields:
        click.secho(f"      “{displayed_line(fields['quote'])}”", dim=True)
    meeting = fields.get("meeting_id")
    source = f"from {displayed_line(meeting)}, " if meeting else ""
    mark = f", {displayed_line(fields['marker'])}" if "marker" in fields else ""
    click.secho(f"      {source}{child.object} {child.id}{mark}", dim=True)
    for name, value in fields.items():
        if name not in _OWN_PLACE:
            click.echo(f"      {displayed_line(name)}: {displayed_line(value)}")
    for name, by in child.edited.items():
        click.echo(f"      {displayed_line(name)} was changed by {displayed_line(by)}")
