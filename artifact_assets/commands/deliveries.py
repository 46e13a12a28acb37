"""``deliveries``: the writes and where each stands.

What belongs here: the command. What does not: making writes.
"""

from __future__ import annotations

import asyncio

import click

from artifact_assets.commands.output import delivery_row, json_option, print_json, print_table
from artifact_assets.configuration.environment import settings
from artifact_assets.domain.states import IntentState
from artifact_assets.wiring import open_ledger


@click.command()
@click.option("--state", type=click.Choice([state.value for state in IntentState]))
@click.option("--meeting", "meeting_id", metavar="MEETING", help="Only this meeting's writes.")
@json_option
def deliveries(state: str | None, meeting_id: str | None, as_json: bool) -> None:
    """List writes in the order they were planned."""
    with open_ledger(settings()) as ledger:
        found = asyncio.run(
            ledger.intents(meeting_id=meeting_id, state=IntentState(state) if state is not None else None)
        )
    if as_json:
        print_json([delivery_row(intent) for intent in found])
        return
    print_table(
        ("meeting", "destination", "operation", "on", "state", "attempts", "cause"),
        (
            (
                i.meeting_id,
                i.destination,
                i.operation,
                f"{i.target.get('object')} {i.target.get('id') or i.target.get('key')}",
                i.state.value,
                i.attempts,
                i.cause,
            )
            for i in found
        ),
        empty="No writes.",
    )
