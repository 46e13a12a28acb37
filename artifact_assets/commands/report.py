"""``report``: are the promises kept, on a page or in a few lines; and the Parquet export beside it.

What belongs here: the command. What does not: counting and laying out (see ``artifact_assets.reliability``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from artifact_assets.bookkeeper import bookkeeping_of
from artifact_assets.commands.output import json_option, print_json, print_table, remark
from artifact_assets.configuration.environment import configuration, settings
from artifact_assets.configuration.settings import Settings
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.status import Degraded, status_of
from artifact_assets.reliability.alert_rules import alert_rules_text
from artifact_assets.reliability.bookkeeping import Bookkeeping
from artifact_assets.reliability.burning import Budget
from artifact_assets.reliability.raw import frame
from artifact_assets.reliability.report.comparing import Span
from artifact_assets.reliability.report.gathering import Report, gather
from artifact_assets.reliability.telling import condition_of
from artifact_assets.wiring import clock_for, open_ledger
from resources.ledger.dependencies import SqlDependencies
from resources.ledger.ledger import SqlLedger


@click.command()
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the page to this file.")
@click.option("--days", default=28, show_default=True, type=click.IntRange(1, 400), help="Days, today included.")
@click.option("--export", "exports", is_flag=True, help="Also keep the metrics of these days in the Parquet export.")
@click.option(
    "--alert-rules",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write Prometheus alert rules for the configured objectives to this file, and nothing else.",
)
@click.option(
    "--check", is_flag=True, help="Exit with 1 when an objective is missed or its error budget burns too fast."
)
@json_option
def report(output: Path | None, days: int, exports: bool, alert_rules: Path | None, check: bool, as_json: bool) -> None:
    """Tell whether the objectives are kept; with -o, as a page with charts for managers and operators."""
    policy = configuration().reliability
    if alert_rules is not None:
        _write(alert_rules, alert_rules_text(policy))
        return
    where = settings()
    with open_ledger(where) as ledger:
        books = bookkeeping_of(where, configuration(), ledger)
        made = asyncio.run(_made(books, ledger, where, days))
        if exports:
            kept = asyncio.run(books.keep_metrics(made.span.since, made.span.until))
            remark(f"{kept} days of metrics are in {where.export}.")
    if output is not None:
        from artifact_assets.reliability.report.page import page

        _write(output, page(made))
    if as_json:
        print_json(_as_json(made))
    else:
        _print(made, output)
    if check and (made.burning or not all(budget.kept for budget in made.budgets)):
        raise click.exceptions.Exit(1)


async def _made(books: Bookkeeping, ledger: SqlLedger, where: Settings, days: int) -> Report:
    now = books.clock.now()
    span = Span(now.date() - timedelta(days=days - 1), now.date() + timedelta(days=1))
    facts = await books.facts()
    since = now - timedelta(days=days)
    return gather(
        facts,
        span,
        books.budgets(facts, now),
        books.burning(facts, now),
        await _degraded(ledger, where, now),
        frame("dependency_changes", await books.columns.dependency_changes(since)),
        tenant=where.tenant,
        now=now,
    )


async def _degraded(ledger: SqlLedger, where: Settings, now: datetime) -> Sequence[Degraded]:
    dependencies = SqlDependencies(ledger, clock_for(where))
    rows = await ledger.destination_rows()
    return status_of((), (), await dependencies.health(), await dependencies.rates(), rows, now).degraded


def _print(made: Report, output: Path | None) -> None:
    print_table(
        ("objective", "promised", "kept", "budget left", "bad", "of", "days"),
        (
            (b.objective.name, f"{b.objective.objective * 100:.5g}%", _percent(b.share), _percent(b.left), b.bad, b.events,
             b.objective.window_days)
            for b in made.budgets
        ),
        empty="No objective is configured.",
    )  # fmt: skip
    for burning in made.burning:
        told = condition_of(burning)
        remark(f"{burning.rule.severity}: {told.title}. {told.cause} Next: {told.next_command}")
    remark(f"The page is {output}." if output is not None else "Charts, failures and waits: report -o FILE.html")


def _as_json(made: Report) -> dict[str, Any]:
    return {
        "since": made.span.since, "until": made.span.until, "made_at": made.made_at.isoformat(),
        "objectives": [_budget(budget) for budget in made.budgets],
        "burning": [{**vars(condition_of(one)), "rate": one.long_rate} for one in made.burning],
        "metrics": [
            {"metric": c.metric.name, "part": c.part, "value": c.now, "before": c.before, "better": c.better}
            for c in made.changes
        ],
        "failures": [vars(row) for row in made.failures],
        "degraded": [vars(one) for one in made.degraded],
        "totals": dict(made.totals),
    }  # fmt: skip


def _budget(budget: Budget) -> dict[str, Any]:
    return {
        "name": budget.objective.name, "objective": budget.objective.objective, "share": budget.share,
        "budget_left": budget.left, "kept": budget.kept, "bad": budget.bad, "events": budget.events,
        "window_days": budget.objective.window_days,
    }  # fmt: skip


def _percent(value: float | None) -> str | None:
    return f"{value:.2%}" if value is not None else None


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            f"{path} cannot be written ({error.strerror}), so the report was not.",
            "Name a file in a folder that exists and can be written.",
        ) from error
