"""The asset that measures each day, and a check for each promise.

What belongs here: one materialization a day whose numbers Dagster plots, verdicts on the objectives, the schedule. What does
not: counting (see ``artifact_assets.reliability``).

Best effort: it reads beside everything else, and whatever becomes of it touches no meeting. Its partitions are days; nothing
is upstream of it, because a day is no meeting. What counts is imported by the run that measures: polars and pandera cost every
other process a second at its start.
"""

# No `from __future__ import annotations`: Dagster compares the annotation of `context` itself, not its text.

import asyncio
import warnings
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, cast

import dagster as dg

from artifact_assets.assets.specs import OWNERS
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.objectives import Objective, ReliabilityPolicy

if TYPE_CHECKING:
    from artifact_assets.reliability.bookkeeping import Bookkeeping
    from artifact_assets.reliability.burning import Budget

NAME = "reliability"
JOB = "measure_reliability"
FIRST_DAY = "2026-01-01"
"""Earlier than any deployment: Dagster wants to know where days begin before a ledger is opened."""
DAYS = dg.DailyPartitionsDefinition(start_date=FIRST_DAY, end_offset=1)
"""UTC days, today included, which counts what happened so far."""
DAILY = "41 0 * * *"
MAX_RUNTIME_SECONDS = 1800
NEEDLESS = "replays_change_nothing"


def reliability_asset(policy: ReliabilityPolicy) -> dg.AssetsDefinition:
    """The asset. It logs its own events, like the meetings do: one run may measure many days."""

    @dg.multi_asset(
        name=NAME,
        specs=[
            dg.AssetSpec(
                NAME,
                description="A day in numbers: completion, failures, retries, times, writes, cost, and the error budgets.",
                group_name="operations",
                owners=OWNERS,
                kinds={"polars"},
                partitions_def=DAYS,
                skippable=True,
            )
        ],
        check_specs=check_specs(policy),
        can_subset=True,
        backfill_policy=_any_number(),
    )
    def reliability(context: dg.AssetExecutionContext, bookkeeping: dg.ResourceParam[Any]) -> Iterator[dg.Output[None]]:
        days = sorted(date.fromisoformat(key) for key in context.partition_keys)
        try:
            for day in days:
                _measure(context, cast("Bookkeeping", bookkeeping), day)
        except PipelineError as error:
            raise dg.Failure(error.cause, metadata={"remedy": error.remedy}, allow_retries=False) from None
        yield from ()

    return reliability


def reliability_schedule() -> dg.ScheduleDefinition:
    """Every night, the day that just ended; on from the start."""
    job = dg.define_asset_job(
        JOB,
        selection=dg.AssetSelection.assets(NAME),
        tags={"dagster/max_runtime": str(MAX_RUNTIME_SECONDS), "dagster/priority": "-5"},
    )

    @dg.schedule(
        name=f"{NAME}_daily",
        job=job,
        cron_schedule=DAILY,
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Measures yesterday.",
    )
    def daily(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        yesterday = (context.scheduled_execution_time - timedelta(days=1)).date().isoformat()
        return dg.RunRequest(run_key=yesterday, partition_key=yesterday)

    return daily


def check_specs(policy: ReliabilityPolicy) -> list[dg.AssetCheckSpec]:
    """One check per objective, and one for what must never happen."""
    with warnings.catch_warnings():
        # Partitioned checks are a preview API: Dagster is pinned exactly and tests cover what is relied on.
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return [
            *(_spec(one.name, _promise(one)) for one in policy.objectives),
            _spec(NEEDLESS, "No record was written again with the content it had already."),
        ]


def _spec(name: str, description: str) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(name, asset=NAME, description=description, partitions_def=DAYS)


def _promise(objective: Objective) -> str:
    within = f" within {objective.within_minutes:g} minutes" if objective.within_minutes else ""
    return f"At least {objective.objective:.5g} of {objective.measures}{within} over {objective.window_days} days."


def _any_number() -> dg.BackfillPolicy:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        return dg.BackfillPolicy.single_run()


def _measure(context: dg.AssetExecutionContext, bookkeeping: "Bookkeeping", day: date) -> None:
    numbers, budgets = asyncio.run(_numbers(bookkeeping, day))
    key = day.isoformat()
    chosen = {check.name for check in context.selected_asset_check_keys}
    if dg.AssetKey(NAME) in context.selected_asset_keys:
        context.log_event(dg.AssetMaterialization(NAME, partition=key, metadata={**numbers, **_budgets(budgets)}))
    verdicts = [*(_verdict(budget, key) for budget in budgets), _never(numbers.get("replay_safety", 0.0), key)]
    for verdict in verdicts:
        if verdict.check_name in chosen:
            # Dagster's annotation leaves check evaluations out; it stores them like the others.
            context.log_event(cast("dg.AssetMaterialization", verdict))


async def _numbers(bookkeeping: "Bookkeeping", day: date) -> "tuple[dict[str, float], Sequence[Budget]]":
    import polars as pl  # noqa: PLC0415 - see the caption

    from artifact_assets.reliability.metric import ALL  # noqa: PLC0415 - see the caption
    from artifact_assets.reliability.metrics.registry import measured  # noqa: PLC0415 - see the caption

    facts = await bookkeeping.facts()
    await bookkeeping.keep_metrics(day, day + timedelta(days=1))
    rows = measured(facts.on(day, day + timedelta(days=1)), ()).filter(pl.col("value").is_not_null())
    numbers = {
        row["metric"] if row["part"] == ALL else f"{row['metric']}/{row['part']}": round(float(row["value"]), 6)
        for row in rows.iter_rows(named=True)
    }
    numbers["meetings_received"] = float(
        facts["meetings"].filter(pl.col("day") == day).select(pl.len()).collect().item()
    )
    end = datetime.combine(day + timedelta(days=1), time(), UTC)
    return numbers, bookkeeping.budgets(facts, min(end, bookkeeping.clock.now()))


def _budgets(budgets: "Sequence[Budget]") -> Mapping[str, float]:
    told = {f"budget_left/{b.objective.name}": round(b.left, 6) for b in budgets if b.left is not None}
    return {**told, **{f"objective/{b.objective.name}": round(b.share, 6) for b in budgets if b.share is not None}}


def _verdict(budget: "Budget", key: str) -> dg.AssetCheckEvaluation:
    objective = budget.objective
    told: dict[str, float | int | str] = {"promised": objective.objective, "events": budget.events, "bad": budget.bad}
    told["next"] = "python -m artifact_assets report -o FILE.html"
    if budget.share is not None and budget.left is not None:
        told |= {"kept": budget.share, "budget_left": budget.left}
    return dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey(NAME),
        check_name=objective.name,
        passed=budget.kept,
        severity=dg.AssetCheckSeverity.WARN,
        partition=key,
        metadata=told,
    )


def _never(repeated: float, key: str) -> dg.AssetCheckEvaluation:
    return dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey(NAME),
        check_name=NEEDLESS,
        passed=not repeated,
        severity=dg.AssetCheckSeverity.ERROR,
        partition=key,
        metadata={"records": repeated},
    )
