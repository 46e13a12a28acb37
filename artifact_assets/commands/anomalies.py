"""``anomalies``: what is unusual now, ranked, with what changed before it.

What belongs here: the command. What does not: finding anything (see ``artifact_assets.reliability.anomalies``).
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict

import click

from artifact_assets.bookkeeper import bookkeeping_of
from artifact_assets.commands.output import json_option, print_json, print_table
from artifact_assets.configuration.environment import configuration, settings
from artifact_assets.reliability.anomalies.noticing import findings
from artifact_assets.wiring import open_ledger
from resources.code_history import commits


@click.command()
@json_option
def anomalies(as_json: bool) -> None:
    """Show what is unusual: new and rising errors, drifting levels, silence, meetings that wait too long."""
    where = settings()
    with open_ledger(where) as ledger:
        found = asyncio.run(findings(bookkeeping_of(where, configuration(), ledger), commits))
    if as_json:
        print_json([{**asdict(one), "since": one.since.isoformat()} for one in found])
        return
    print_table(
        ("sort", "what", "since (UTC)", "example", "what changed before"),
        (
            (one.sort, one.told, f"{one.since:%Y-%m-%d %H:%M}", one.example_meeting, "; ".join(one.changes) or None)
            for one in found
        ),
        empty="Nothing is unusual.",
    )
