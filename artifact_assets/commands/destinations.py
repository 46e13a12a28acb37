"""``destinations``: what each can promise, how it stands, and the switch that stops it.

What belongs here: the commands. What does not: sending.
"""

from __future__ import annotations

import asyncio
from typing import Any

import click

from artifact_assets.commands.deliveries import who
from artifact_assets.commands.output import json_option, print_json, print_table, remark
from artifact_assets.configuration.environment import settings
from artifact_assets.domain.capabilities import MEANING, Proof
from artifact_assets.domain.destination import Destination
from artifact_assets.domain.exchange import SwitchState
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.records import Json
from artifact_assets.stages.equipment import Equipment
from artifact_assets.wiring import open_equipment


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def destinations(context: click.Context, as_json: bool) -> None:
    """Show each destination's account, state and guarantees."""
    if context.invoked_subcommand is not None:
        return
    with open_equipment(settings()) as equipment:
        rows = asyncio.run(_all(equipment))
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['name']}  {row['vendor']} ({row['proof']})  {row['account'] or '?'}  {row['state']}")
        if row["cause"]:
            click.secho(f"  {row['cause']}", fg="red")
        print_table(
            ("  operation", "how it happens once", "visible after", "then"),
            (
                (f"  {each['operation']}", each["meaning"], f"{each['consistency_seconds']:g} s", each["then"])
                for each in row["capabilities"]
            ),
            empty="  Nothing is known of what it can do.",
        )
        for warning in row["warnings"]:
            remark(f"  {warning}")


@destinations.command()
@click.argument("name")
@click.option("--why", required=True, metavar="TEXT")
def pause(name: str, why: str) -> None:
    """Stop all new writes to a destination, in every process within five seconds."""
    _switch(name, SwitchState.PAUSED, why)
    remark(f"{name} is paused. Look-ups go on; nothing is written until `destinations resume {name} --why TEXT`.")


@destinations.command()
@click.argument("name")
@click.option("--why", required=True, metavar="TEXT")
def resume(name: str, why: str) -> None:
    """Open a destination that was paused, parked or stopped."""
    remark(f"{name} is open; {_switch(name, SwitchState.OPEN, why)} writes it held go on.")


def _switch(name: str, state: SwitchState, why: str) -> int:
    from artifact_assets.stages.resolving import switch

    with open_equipment(settings()) as equipment:
        return asyncio.run(switch(equipment, name, state, who(), why))


async def _all(equipment: Equipment) -> list[Json]:
    rows = {row.name: row for row in await equipment.ledger.destination_rows()}
    listed: list[Json] = []
    for name, destination in equipment.destinations.items():
        row = rows.get(name)
        told = await _told(destination)
        state = {
            "state": row.state.value if row is not None else "never used",
            "since": row.since.isoformat() if row is not None and row.since else None,
            "why": row.why if row is not None else None,
            "until": row.until.isoformat() if row is not None and row.until else None,
        }
        listed.append(
            {"name": name, "vendor": destination.vendor, "proof": proof_of(destination.vendor), **told, **state}
        )
    return listed


async def _told(destination: Destination) -> dict[str, Any]:
    try:
        preflight = await destination.preflight()
    except PipelineError as error:
        return {"account": None, "cause": str(error), "capabilities": [], "warnings": []}
    capabilities = [
        {
            "operation": operation,
            "rung": capability.rung.value,
            "meaning": MEANING[capability.rung],
            "consistency_seconds": capability.consistency_seconds,
            "then": capability.then,
            "note": capability.note,
        }
        for operation, capability in preflight.capabilities.items()
        if not operation.startswith("withdraw_")
    ]
    return {
        "account": preflight.account,
        "cause": None,
        "capabilities": capabilities,
        "warnings": list(preflight.warnings),
    }


def proof_of(vendor: str) -> str:
    """How far an adapter was tried."""
    from resources.destinations.opening import VENDORS

    return VENDORS[vendor].proof.value if vendor in VENDORS else Proof.REAL_SERVER.value
