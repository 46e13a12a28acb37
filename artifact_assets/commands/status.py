"""``status``: what is degraded since when, what waits until when, and what to type.

What belongs here: the command and the screen. What does not: drawing conclusions (see ``domain.status``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from artifact_assets.commands.output import json_option, print_json, print_table, remark
from artifact_assets.configuration.environment import settings
from artifact_assets.configuration.schema import read_configuration
from artifact_assets.configuration.settings import Settings
from artifact_assets.domain.backfills import Pace
from artifact_assets.domain.budgets import Amount, day_scope
from artifact_assets.domain.display import displayed
from artifact_assets.domain.status import SHOWN_INTENTS, SHOWN_MEETINGS, Status, status_of
from artifact_assets.wiring import clock_for, open_ledger
from resources.ledger.backfills import SqlBackfills
from resources.ledger.dependencies import SqlDependencies


@click.command()
@json_option
def status(as_json: bool) -> None:
    """Show in one screen whether anybody has to do anything."""
    found, spent = asyncio.run(_read(settings()))
    if as_json:
        print_json({**asdict(found), "spent_today": {name: asdict(amount) for name, amount in spent.items()}})
        return
    print_table(
        ("degraded", "state", "since (UTC)", "next attempt (UTC)", "cause"),
        ((d.name, d.state, _time(d.since), _time(d.next_attempt_at), d.cause) for d in found.degraded),
        empty="No dependency is degraded.",
    )
    print_table(
        ("waiting", "state", "count", "because of", "next attempt (UTC)"),
        ((w.what, w.state, w.count, w.failure_class, _time(w.next_attempt_at)) for w in found.waiting),
        empty="Nothing waits.",
    )
    if found.failed:
        print_table(("failed meetings", "failure class"), ((count, why) for why, count in found.failed), empty="")
    for name, amount in spent.items():
        remark(f"{name} today: {amount.calls} calls, {amount.tokens} tokens, {amount.cost:.4f} US dollars")
    for line in found.advice:
        click.echo(displayed(line))


async def _read(where: Settings) -> tuple[Status, Mapping[str, Amount]]:
    clock = clock_for(where)
    with open_ledger(where) as ledger:
        dependencies = SqlDependencies(ledger, clock)
        now = clock.now()
        found = status_of(
            [meeting for state in SHOWN_MEETINGS for meeting in await ledger.meetings(state=state)],
            [intent for state in SHOWN_INTENTS for intent in await ledger.intents(state=state)],
            await dependencies.health(),
            await dependencies.rates(),
            await ledger.destination_rows(),
            now,
            (await SqlBackfills(ledger, clock, Pace()).rows()).values(),
            read_configuration(where.config).alerts.stuck_seconds,
        )
        return found, await dependencies.spent_in(day_scope(now))


def _time(moment: datetime | None) -> Any:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment is not None else None
