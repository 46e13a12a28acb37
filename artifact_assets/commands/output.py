"""What commands print: JSON for programs on stdout, tables for people on stdout, progress and remarks on stderr.

What belongs here: the two shapes and the rows of the command line contract. What does not: finding the values.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from artifact_assets.domain.display import displayed
from artifact_assets.domain.records import Intent, Json, Meeting

Command = TypeVar("Command", bound=Callable[..., Any])


def json_option(command: Command) -> Command:
    """The ``--json`` flag, passed as ``as_json``."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Print one JSON value on stdout and nothing else there."
    )(command)


def print_json(value: object) -> None:
    """One JSON value. Escapes non-ASCII only where the terminal could not show it safely: it is data for programs."""
    json.dump(value, sys.stdout, ensure_ascii=True, indent=2, default=str)
    sys.stdout.write("\n")


def remark(text: str) -> None:
    """A line for the person at the terminal, on stderr."""
    print(displayed(text), file=sys.stderr)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """A table; ``empty`` is said instead when there are no rows."""
    listed = list(rows)
    if not listed:
        remark(empty)
        return
    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in listed:
        table.add_row(*(Text("" if cell is None else displayed(str(cell))) for cell in row))
    if sys.stdout.isatty():
        Console(highlight=False).print(table)
        return
    # A pipe has no width: rows must not be folded nor filled up for a program that reads lines.
    console = Console(width=10_000, highlight=False)
    with console.capture() as printed:
        console.print(table)
    click.echo("\n".join(line.rstrip() for line in printed.get().splitlines()))


def meeting_row(meeting: Meeting) -> Json:
    """A meeting as the command line contract lists it."""
    return {
        "meeting_id": meeting.meeting_id,
        "state": meeting.state.value,
        "failure_class": meeting.failure_class.value if meeting.failure_class else None,
        "cause": meeting.cause,
        "items": meeting.counts.items,
        "quarantined": meeting.counts.quarantined,
        "delivered": meeting.counts.delivered,
        "run_id": meeting.run_id,
        "kind": meeting.kind,
        "attempts": meeting.attempts,
        "next_attempt_at": meeting.next_attempt_at.isoformat() if meeting.next_attempt_at else None,
        "updated_at": meeting.updated_at.isoformat(),
    }


def delivery_row(intent: Intent) -> Json:
    """A write as the command line contract lists it."""
    return {
        "idempotency_key": intent.intent_key,
        "meeting_id": intent.meeting_id,
        "item_id": intent.item_id,
        "destination": intent.destination,
        "operation": intent.operation,
        "state": intent.state.value,
        "attempts": intent.attempts,
        "receipt": dict(intent.receipt) if intent.receipt is not None else None,
        "target": dict(intent.target),
        "failure_class": intent.failure_class.value if intent.failure_class else None,
        "cause": intent.cause,
        "next_attempt_at": intent.next_attempt_at.isoformat() if intent.next_attempt_at else None,
    }


def print_meetings(meetings: Iterable[Meeting]) -> None:
    """The table of meetings, states and counts."""
    print_table(
        ("meeting", "state", "items", "held", "written", "cause"),
        (
            (
                m.meeting_id,
                m.state.value,
                m.counts.items,
                m.counts.quarantined,
                m.counts.delivered,
                f"{m.failure_class}: {m.cause}" if m.failure_class else m.cause,
            )
            for m in meetings
        ),
        empty="No meetings.",
    )
