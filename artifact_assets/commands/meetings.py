"""``meetings``: the meetings with state and cause.

What belongs here: the command. What does not: one meeting's details (see ``show`` and ``trace``).
"""

from __future__ import annotations

import asyncio

import click

from artifact_assets.commands.output import json_option, meeting_row, print_json, print_meetings
from artifact_assets.configuration.environment import settings
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.states import MeetingState
from artifact_assets.wiring import open_ledger


@click.command()
@click.option("--state", type=click.Choice([state.value for state in MeetingState]))
@click.option("--failure-class", type=click.Choice([known.value for known in FailureClass]))
@json_option
def meetings(state: str | None, failure_class: str | None, as_json: bool) -> None:
    """List meetings in the order they were first received."""
    with open_ledger(settings()) as ledger:
        found = asyncio.run(
            ledger.meetings(
                state=MeetingState(state) if state else None,
                failure_class=FailureClass(failure_class) if failure_class else None,
            )
        )
    if as_json:
        print_json([meeting_row(meeting) for meeting in found])
    else:
        print_meetings(found)
