"""``backfills``: how far each is, and the switches that pause, resume and pace them.

What belongs here: the commands. What does not: launching (Dagster's partition pages and ``replay`` do) and obeying.

A switch is in the ledger: it holds for every process within a few seconds and outlives all of them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click

from artifact_assets.commands.deliveries import who
from artifact_assets.commands.output import json_option, print_json, print_table, remark
from artifact_assets.commands.progress import progress
from artifact_assets.configuration.environment import configuration, settings
from artifact_assets.domain.backfills import ALL, Backfill, Pace, Progress, lasting
from artifact_assets.domain.budgets import Amount
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Intervention
from artifact_assets.wiring import clock_for, open_ledger
from resources.ledger.backfills import SqlBackfills
from resources.ledger.dependencies import SqlDependencies

WATCH_SECONDS = 2.0
_WHY = click.option("--why", required=True, metavar="TEXT")
_NAME = click.argument("name", default=ALL)


@dataclass(frozen=True)
class Row:
    """One backfill as it is shown."""

    progress: Progress
    switch: Backfill | None
    pace: Pace
    spent: Amount


@click.group(invoke_without_command=True)
@click.option("--watch", is_flag=True, help="Show a bar for the newest one until it is through.")
@json_option
@click.pass_context
def backfills(context: click.Context, watch: bool, as_json: bool) -> None:
    """Show how far each backfill is, what it spent, and whether it is paused."""
    if context.invoked_subcommand is not None:
        return
    totals = _totals()
    if watch and totals:
        _watch(*next(iter(totals.items())))
    rows, everything = asyncio.run(_rows(totals))
    if as_json:
        print_json([_json(row) for row in rows])
        return
    print_table(
        ("backfill", "is", "done", "a minute", "left", "calls", "US dollars", "pace"),
        (_cells(row, everything) for row in rows),
        empty="No backfill yet.",
    )
    if everything is not None and everything.paused:
        remark(f"All backfills are paused by {everything.who}: {everything.why}")


@backfills.command()
@_NAME
@_WHY
def pause(name: str, why: str) -> None:
    """Hold a backfill back, or all of them. What is being worked on ends; the rest is put off."""
    asyncio.run(_switch(name, paused=True, why=why))
    remark(f"{_which(name)} paused. Live meetings go on. Resume with: backfills resume {name} --why TEXT")


@backfills.command()
@_NAME
@_WHY
def resume(name: str, why: str) -> None:
    """Let a backfill go on, or all of them."""
    asyncio.run(_switch(name, paused=False, why=why))
    remark(f"{_which(name)} resumed. What was put off is taken up within a minute.")


@backfills.command()
@_NAME
@click.option("--at-once", type=click.IntRange(1, 1000), help="Meetings under way at once, over all its runs.")
@click.option("--calls-per-minute", type=click.FloatRange(0, 1_000_000, min_open=True), help="Calls of the model.")
@click.option("--cost", type=click.FloatRange(0, min_open=True), help="Most US dollars of one backfill.")
def pace(name: str, at_once: int | None, calls_per_minute: float | None, cost: float | None) -> None:
    """Choose how much a backfill may take, or each of them; also while it runs."""
    if cost is not None and not configuration().model.prices.known:
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            "The cost of a backfill cannot be counted without prices, so nothing was changed.",
            "Set model.prices in the configuration.",
        )
    asyncio.run(_choose(name, Pace(at_once=at_once, calls_per_minute=calls_per_minute, cost=cost)))
    remark(f"Chosen for {'all backfills' if name == ALL else f'backfill {name}'}.")


def _which(name: str) -> str:
    return "All backfills are" if name == ALL else f"Backfill {name} is"


async def _switch(name: str, *, paused: bool, why: str) -> None:
    where = settings()
    clock = clock_for(where)
    with open_ledger(where) as ledger:
        now = clock.now()
        await SqlBackfills(ledger, clock, Pace()).switch(name, paused=paused, who=who(), why=why, now=now)
        action = "pause_backfill" if paused else "resume_backfill"
        await ledger.intervene(Intervention(now, who(), why, action, details={"backfill": name}))


async def _choose(name: str, chosen: Pace) -> None:
    where = settings()
    clock = clock_for(where)
    with open_ledger(where) as ledger:
        await SqlBackfills(ledger, clock, Pace()).choose(name, chosen)
        details = {"backfill": name, **chosen.model_dump(exclude_none=True)}
        await ledger.intervene(Intervention(clock.now(), who(), "", "pace_backfill", details=details))


async def _rows(totals: Mapping[str, int]) -> tuple[list[Row], Backfill | None]:
    where = settings()
    clock = clock_for(where)
    with open_ledger(where) as ledger:
        book = SqlBackfills(ledger, clock, configuration().backfills)
        switches, spent = await book.rows(), SqlDependencies(ledger, clock)
        rows: list[Row] = []
        for name in dict.fromkeys((*totals, *await book.names())):
            amounts = (await spent.spent_in(f"backfill:{name}")).values()
            found = await book.progress(name, totals.get(name), clock.now())
            rows.append(Row(found, switches.get(name), await book.pace(name), sum(amounts, Amount())))
        return rows, switches.get(ALL)


def _totals() -> dict[str, int]:
    """Meetings of each backfill that Dagster knows, the newest first."""
    from artifact_assets.instance import open_instance
    from artifact_assets.lanes import sizes

    with open_instance(settings()) as instance:
        return sizes(instance)


def _watch(name: str, total: int) -> None:
    where = settings()
    clock = clock_for(where)
    with open_ledger(where) as ledger, progress(f"backfill {name}", total) as bar:
        book, done = SqlBackfills(ledger, clock, Pace()), 0
        while True:
            now = asyncio.run(book.progress(name, total, clock.now())).done
            for _ in range(now - done):
                bar.advance()
            done = max(now, done)
            if done >= total:
                return
            time.sleep(WATCH_SECONDS)


def _cells(row: Row, everything: Backfill | None) -> tuple[Any, ...]:
    told, left = row.progress, row.progress.left_seconds
    held = next((each for each in (row.switch, everything) if each is not None and each.paused), None)
    of = f" of {told.total}" if told.total is not None else ""
    chosen = ", ".join(f"{name} {value:g}" for name, value in row.pace.model_dump(exclude_none=True).items())
    through = told.total is not None and told.done >= told.total
    return (
        told.name,
        f"paused since {_time(held.since)} by {held.who}: {held.why}"
        if held
        else "through"
        if through
        else "under way",
        f"{told.done}{of}",
        f"{told.per_minute:.0f}" if told.per_minute else None,
        lasting(left) if left else None,
        row.spent.calls,
        f"{row.spent.cost:.4f}",
        chosen or "what live leaves",
    )


def _json(row: Row) -> dict[str, Any]:
    told = row.progress
    return {
        "backfill": told.name,
        "total": told.total,
        "done": told.done,
        "states": {state.value: number for state, number in told.states.items()},
        "per_minute": round(told.per_minute, 2),
        "left_seconds": told.left_seconds,
        "paused": bool(row.switch and row.switch.paused),
        "why": row.switch.why if row.switch else None,
        "pace": row.pace.model_dump(),
        "calls": row.spent.calls,
        "cost_usd": row.spent.cost,
    }


def _time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment is not None else "?"
