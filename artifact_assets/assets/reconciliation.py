"""The asset that counts the ledger against every destination, once a day.

What belongs here: the count as numbers that Dagster plots, its check, and its schedule. What does not: counting (see
``artifact_assets.stages.reconciliation``) and repairing: what is missing or doubled is a person's to decide.

It hangs on ``delivered`` but is not partitioned: it is about destinations, whatever meetings wrote to them.
"""

# No `from __future__ import annotations`: Dagster compares the annotation of `context` itself, not its text.

import asyncio
from collections.abc import Sequence

import dagster as dg
from pydantic import Field

from artifact_assets.assets.specs import OWNERS, asset_key
from artifact_assets.domain.exchange import Counted
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.states import Stage
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.reconciliation import reconcile
from artifact_assets.stages.walk import lease_owner

NAME = "reconciliation"
CHECK = "counts_agree"
JOB = "reconcile_destinations"
DAILY = "17 3 * * *"
"""At night in Europe and in the Americas' evening, off the full hour at which everybody else's jobs ask the vendors."""
MAX_RUNTIME_SECONDS = 3600


class Reconciliation(dg.Config):
    """How much is counted."""

    at_most: int = Field(
        default=2000,
        ge=1,
        le=1_000_000,
        description="Newest confirmed records looked up at each destination; every one is a request of its daily quota.",
    )


def reconciliation_asset() -> dg.AssetsDefinition:
    """The asset with its check. Nothing is written anywhere, except that mass disappearance stops a destination."""

    @dg.asset(
        name=NAME,
        deps=[asset_key(Stage.DELIVERED)],
        group_name="destinations",
        owners=OWNERS,
        kinds={"crm"},
        description="Records in the ledger against records at each destination: found, missing, doubled, changed by people.",
        check_specs=[
            dg.AssetCheckSpec(
                CHECK, asset=NAME, description="No confirmed record is missing at its destination or there twice."
            )
        ],
    )
    # Dagster's decorator refuses the annotation with its argument, which has nothing to say here.
    def reconciliation(  # pyright: ignore[reportUnknownParameterType]
        context: dg.AssetExecutionContext, config: Reconciliation, equipment: dg.ResourceParam[Equipment]
    ) -> dg.MaterializeResult:  # pyright: ignore[reportMissingTypeArgument]
        owner = lease_owner(context.run.run_id)
        try:
            counted = asyncio.run(reconcile(equipment, owner, at_most=config.at_most))
        except PipelineError as error:
            raise dg.Failure(error.cause, metadata={"remedy": error.remedy}, allow_retries=False) from None
        return dg.MaterializeResult(metadata=metadata_of(counted), check_results=[verdict_on(counted)])

    return reconciliation


def reconciliation_schedule() -> dg.ScheduleDefinition:
    """Once a day, on from the start."""
    tags = {"dagster/max_runtime": str(MAX_RUNTIME_SECONDS), "dagster/priority": "-5"}
    return dg.ScheduleDefinition(
        name=f"{NAME}_daily",
        job=dg.define_asset_job(JOB, selection=dg.AssetSelection.assets(NAME), tags=tags),
        cron_schedule=DAILY,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Counts the ledger against the destinations.",
    )


def metadata_of(counted: Sequence[Counted]) -> dict[str, int | str]:
    """Numbers that Dagster plots over time: of all destinations, then of each by its name. No ids, no keys."""
    each = {name: [_numbers(one)[name] for one in counted] for name in _numbers(Counted(""))}
    told: dict[str, int | str] = {"destinations": len(counted), **{name: sum(row) for name, row in each.items()}}
    for one in counted:
        told |= {f"{one.destination}/{name}": number for name, number in _numbers(one).items()}
        if one.cause is not None:
            told[f"{one.destination}/cause"] = one.cause
    return told


def verdict_on(counted: Sequence[Counted]) -> dg.AssetCheckResult:
    """Red when something is missing or doubled; a warning when a destination could not be read."""
    wrong = [one.destination for one in counted if not one.agrees]
    unread = [one.destination for one in counted if one.agrees and not one.clean]
    remedy = "`deliveries reconcile --json` lists the writes." if wrong else "`destinations` says what is wrong."
    told = {"disagreeing": ", ".join(wrong) or "none", "not readable": ", ".join(unread) or "none"}
    return dg.AssetCheckResult(
        check_name=CHECK,
        passed=not (wrong or unread),
        severity=dg.AssetCheckSeverity.ERROR if wrong else dg.AssetCheckSeverity.WARN,
        metadata={**told, "remedy": remedy if wrong or unread else "Nothing."},
    )


def _numbers(one: Counted) -> dict[str, int]:
    return {
        "confirmed": one.confirmed,
        "found": one.found,
        "missing": len(one.missing),
        "duplicates": len(one.duplicates),
        "changed by people": len(one.changed),
        "unreadable": len(one.unreadable),
        "not countable": one.uncountable,
        "left out": one.left_out,
        "stopped": int(one.tripped),
        "unreachable": int(one.cause is not None),
    }
