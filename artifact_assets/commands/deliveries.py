"""``deliveries``: the writes and where each stands, and what a person may do to them.

What belongs here: the commands. What does not: making writes (see ``stages``).
"""

from __future__ import annotations

import asyncio
import getpass
import os
import sys
import time

import click

from artifact_assets.commands.output import delivery_row, json_option, print_json, print_table, remark
from artifact_assets.configuration.environment import settings
from artifact_assets.domain.records import Intent
from artifact_assets.domain.states import IntentState
from artifact_assets.wiring import open_equipment, open_ledger

WHY = click.option("--why", required=True, metavar="TEXT", help="Kept with what you do.")


@click.group(invoke_without_command=True)
@click.option("--state", type=click.Choice([state.value for state in IntentState]))
@click.option("--meeting", "meeting_id", metavar="MEETING", help="Only this meeting's writes.")
@json_option
@click.pass_context
def deliveries(context: click.Context, state: str | None, meeting_id: str | None, as_json: bool) -> None:
    """List writes in the order they were planned, or settle them by hand."""
    if context.invoked_subcommand is not None:
        return
    with open_ledger(settings()) as ledger:
        found = asyncio.run(
            ledger.intents(meeting_id=meeting_id, state=IntentState(state) if state is not None else None)
        )
    if as_json:
        print_json([delivery_row(intent) for intent in found])
        return
    _table(found)


@deliveries.command()
@click.argument("key")
@click.option("--landed", "decision", flag_value="landed", help="It is at the destination: confirm it.")
@click.option("--again", "decision", flag_value="again", help="It is not there: write it.")
@click.option("--drop", "decision", flag_value="drop", help="It is not wanted any more.")
@click.option("--record", metavar="ID", help="The destination's id of what landed.")
@WHY
@json_option
def resolve(key: str, decision: str | None, record: str | None, why: str, as_json: bool) -> None:
    """Settle one write by hand. KEY may be the beginning of its key."""
    from artifact_assets.stages.resolving import Decision
    from artifact_assets.stages.resolving import resolve as settle

    if decision is None:
        raise click.UsageError("Say what you found out: --landed, --again or --drop.")
    with open_equipment(settings()) as equipment:
        row = asyncio.run(settle(equipment, key, Decision(decision), who(), why, record))
    print_json(delivery_row(row)) if as_json else remark(f"{row.intent_key[:12]} is {row.state} now.")


@deliveries.command()
@click.argument("keys", nargs=-1, required=True)
@WHY
@json_option
def approve(keys: tuple[str, ...], why: str, as_json: bool) -> None:
    """Let writes go that wait for a person."""
    from artifact_assets.stages.resolving import approve as let_go

    with open_equipment(settings()) as equipment:
        rows = asyncio.run(let_go(equipment, keys, who(), why))
    if as_json:
        print_json([delivery_row(row) for row in rows])
    else:
        remark(f"{len(rows)} writes go out with the next drain, or with `process` of their meeting.")


@deliveries.command()
@click.argument("meeting", required=False)
@click.option("--plan", "plan_id", metavar="PLAN", help="What this replay plan changed, of MEETING or of all.")
@WHY
@json_option
def revert(meeting: str | None, plan_id: str | None, why: str, as_json: bool) -> None:
    """Take back what a meeting wrote, or what a replay plan changed, as far as nobody touched it since."""
    from artifact_assets.stages.resolving import revert as take_back

    if plan_id is not None:
        from artifact_assets.commands.replay_revert import revert_plan

        sys.exit(revert_plan(plan_id, meeting, why, as_json=as_json))
    if meeting is None:
        raise click.UsageError("Name a meeting, or a plan with --plan.")
    with open_equipment(settings()) as equipment:
        rows = asyncio.run(take_back(equipment, owner(), meeting, who(), why))
    if as_json:
        print_json([delivery_row(row) for row in rows])
        return
    _table(rows)
    kept = sum(not (row.receipt or {}).get("applied", True) for row in rows)
    remark(f"{len(rows) - kept} writes were taken back, {kept} were left because a person changed them.")


@deliveries.command()
@click.argument("destination", required=False)
@click.option("--adopt", is_flag=True, help="After a restore: take over what is there already, then send again.")
@json_option
def reconcile(destination: str | None, adopt: bool, as_json: bool) -> None:
    """Count the ledger against the destinations; exit 1 when something is missing or there twice."""
    from artifact_assets.stages.reconciliation import reconcile as count

    with open_equipment(settings()) as equipment:
        counted = asyncio.run(count(equipment, owner(), only=destination, adopt=adopt))
    if as_json:
        print_json([each.as_json() for each in counted])
    else:
        print_table(
            (
                "destination",
                "confirmed",
                "found",
                "missing",
                "duplicates",
                "changed by people",
                "adopted",
                "not countable",
            ),
            (
                (
                    c.destination,
                    c.confirmed,
                    c.found,
                    len(c.missing),
                    len(c.duplicates),
                    len(c.changed),
                    len(c.adopted),
                    c.uncountable,
                )
                for c in counted
            ),
            empty="No destination of that name.",
        )
        for each in counted:
            if each.cause is not None:
                remark(f"{each.destination} could not be counted: {each.cause}")
            if each.tripped:
                remark(
                    f"{each.destination} was stopped: too much is missing at once. Resume it when that is explained."
                )
    sys.exit(0 if all(each.clean for each in counted) else 1)


def who() -> str:
    """Who is at the terminal."""
    return os.environ.get("ARTIFACTS_USER") or getpass.getuser()


def owner() -> str:
    """A lease owner for work done by a command."""
    import socket

    return f"command@{socket.gethostname()}:{os.getpid()}:{time.time_ns()}"


def _table(found: tuple[Intent, ...]) -> None:
    print_table(
        ("key", "meeting", "destination", "operation", "on", "state", "attempts", "cause"),
        (
            (
                i.intent_key[:12],
                i.meeting_id,
                i.destination,
                i.operation,
                f"{i.target.get('object')} {i.target.get('id') or i.target.get('key') or '?'}",
                i.state.value,
                i.attempts,
                i.cause,
            )
            for i in found
        ),
        empty="No writes.",
    )
