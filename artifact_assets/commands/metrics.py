"""``metrics``: what a Prometheus server reads, once or served.

What belongs here: the command and the loop that reads the ledger. What does not: which series there are (see
``reliability.exposition``).
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

import click
from prometheus_client import CollectorRegistry, generate_latest, start_http_server

from artifact_assets.bookkeeper import bookkeeping_of
from artifact_assets.commands.output import json_option, print_json, remark
from artifact_assets.configuration.environment import configuration, settings
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.status import status_of
from artifact_assets.reliability.bookkeeping import Bookkeeping
from artifact_assets.reliability.burning import events_of
from artifact_assets.reliability.counters import Counters
from artifact_assets.reliability.exposition import Exposition, Family, Reading, families_of
from artifact_assets.wiring import clock_for, open_ledger
from resources.ledger.dependencies import SqlDependencies
from resources.ledger.ledger import SqlLedger

COUNTERS_FILE = "counters.json"


@click.command()
@click.option("--once", "mode", flag_value="once", default=True, help="Print the series and exit. The default.")
@click.option("--serve", "mode", flag_value="serve", help="Serve them at /metrics until interrupted.")
@click.option("--port", default=9464, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option(
    "--address", default="127.0.0.1", show_default=True, help="Another than loopback needs a proxy with a login."
)
@click.option("--every", default=60, show_default=True, type=click.IntRange(5, 3600), help="Seconds between readings.")
@click.option("--days", default=7, show_default=True, type=click.IntRange(1, 90), help="Days that shares look back.")
@json_option
def metrics(mode: str, port: int, address: str, every: int, days: int, as_json: bool) -> None:
    """Metrics, counters of the alert rules and what waits now, for Prometheus. Nothing of it runs unless asked for."""
    if as_json and mode == "serve":
        raise click.UsageError("--json prints once; it does not go with --serve.")
    where = settings()
    with open_ledger(where) as ledger:
        books = bookkeeping_of(where, configuration(), ledger)
        health = SqlDependencies(ledger, clock_for(where))
        counters = Counters(where.export / COUNTERS_FILE)
        told = Exposition()
        registry = CollectorRegistry()
        registry.register(told)
        told.families = asyncio.run(_read(books, ledger, health, counters, days))
        if mode == "once":
            _print(registry, as_json=as_json)
            return
        server = _served(port, address, registry)
        remark(f"Serving http://{address}:{server}/metrics, read again every {every} s.")
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                time.sleep(every)
                try:
                    told.families = asyncio.run(_read(books, ledger, health, counters, days))
                except PipelineError as error:
                    told.errors += 1
                    remark(str(error))


def _print(registry: CollectorRegistry, *, as_json: bool) -> None:
    if not as_json:
        click.echo(generate_latest(registry).decode(), nl=False)
        return
    samples: list[dict[str, Any]] = [
        {
            "name": sample.name,
            "labels": {name: text for name, text in sample.labels.items() if text},
            "value": sample.value,
        }
        for family in registry.collect()
        for sample in family.samples
    ]
    print_json(samples)


def _served(port: int, address: str, registry: CollectorRegistry) -> int:
    try:
        server, _ = start_http_server(port, address, registry)
    except OSError as error:
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            f"Port {port} at {address} cannot be listened on ({error.strerror}), so nothing is served.",
            "Choose another with --port; 0 takes a free one.",
        ) from error
    return int(server.server_port)


async def _read(
    books: Bookkeeping, ledger: SqlLedger, health: SqlDependencies, counters: Counters, days: int
) -> list[Family]:
    facts = await books.facts()
    now = books.clock.now()
    counted: dict[str, tuple[int, int]] = {}
    for objective in books.policy.objectives:
        events = events_of(objective, facts, now)
        counted[objective.name] = (events.height, events.height - int(events["good"].sum()))
    up = await _up(ledger, health, books)
    reading = Reading(facts, books.budgets(facts, now), counters.advance(counted), up, now, days)
    return await asyncio.to_thread(families_of, reading)


async def _up(ledger: SqlLedger, dependencies: SqlDependencies, books: Bookkeeping) -> dict[str, bool]:
    health, rows = await dependencies.health(), await ledger.destination_rows()
    status = status_of((), (), health, await dependencies.rates(), rows, books.clock.now())
    unwell = {one.name for one in status.degraded}
    known = {*(one.name for one in health), *(row.name for row in rows), *unwell}
    return {name: name not in unwell for name in known}
