"""``replay --dry-run``: which meetings would be worked on again, why, and what that may cost.

What belongs here: the command. What does not: comparing (see ``stages.staleness``).
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import click

from artifact_assets.commands.output import json_option, print_json, print_table, remark
from artifact_assets.commands.progress import progress
from artifact_assets.configuration.environment import settings
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Meeting
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.staleness import Outlook, Total, outlook, total
from artifact_assets.wiring import open_equipment


@click.command()
@click.argument("meetings", nargs=-1)
@click.option("--failure-class", type=click.Choice([known.value for known in FailureClass]))
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only meetings received on this UTC day or later.")
@click.option("--stale", is_flag=True, help="Only meetings of which something would run again.")
@click.option("--dry-run", is_flag=True, help="Print what would run again and what it may cost; change nothing.")
@json_option
def replay(
    meetings: tuple[str, ...],
    failure_class: str | None,
    since: datetime | None,
    stale: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Tell what taking MEETINGS, or all of them, through the stages again would do."""
    if not dry_run:
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            "Preparing and applying a plan is not there yet, so nothing was done.",
            "Add --dry-run for the estimate; run meetings again from Dagster's partition pages.",
        )
    with open_equipment(settings()) as equipment:
        chosen = asyncio.run(_chosen(equipment, meetings, failure_class, since))
        found = asyncio.run(_outlooks(equipment, chosen))
    if stale:
        found = [one for one in found if one.stale]
    if as_json:
        print_json({"meetings": [_row(one) for one in found], "total": _total_row(total(found))})
        return
    print_table(
        ("meeting", "state", "stage", "would run again because of", "calls", "tokens", "US dollars"),
        (cells for one in found for cells in _cells(one)),
        empty="No meetings.",
    )
    remark(_sentence(total(found)))


async def _chosen(
    equipment: Equipment, ids: tuple[str, ...], failure_class: str | None, since: datetime | None
) -> list[Meeting]:
    """The meetings asked for, in the order received. Raises PipelineError(unreadable_input) for an unknown one."""
    found = await equipment.ledger.meetings(
        failure_class=FailureClass(failure_class) if failure_class else None, ids=ids or None
    )
    known = found if not failure_class else await equipment.ledger.meetings(ids=ids) if ids else ()
    missing = [name for name in dict.fromkeys(ids) if name not in {meeting.meeting_id for meeting in known}]
    if missing:
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT, f"There is no meeting {missing[0]}.", "List the known ones with `meetings`."
        )
    start = since.replace(tzinfo=UTC) if since is not None else None
    return [meeting for meeting in found if start is None or meeting.received_at >= start]


async def _outlooks(equipment: Equipment, chosen: list[Meeting]) -> list[Outlook]:
    outlooks: list[Outlook] = []
    with progress("meetings", len(chosen)) as bar:
        for meeting in chosen:
            outlooks.append(await outlook(equipment, meeting))
            bar.advance()
    return outlooks


def _cells(one: Outlook) -> list[tuple[Any, ...]]:
    """One line per stage; the costs stand beside the first."""
    costs = (None, None, None)
    if one.stale:
        costs = ("?", "?", "?")
        if one.cost is not None:
            costs = (one.cost.calls, one.cost.tokens, f"{one.cost.cost:.4f}" if one.priced else "?")
    state = one.meeting.state.value
    if not one.reruns:
        return [(one.meeting.meeting_id, state, None, "nothing: everything is current", *costs)]
    return [
        (
            one.meeting.meeting_id if first else None,
            state if first else None,
            rerun.stage.value,
            ", ".join(rerun.why) + (" and may be reused" if rerun.perhaps else ""),
            *(costs if first else (None, None, None)),
        )
        for first, rerun in zip([True, *[False] * len(one.reruns)], one.reruns, strict=False)
    ]


def _row(one: Outlook) -> dict[str, Any]:
    return {
        "meeting_id": one.meeting.meeting_id,
        "state": one.meeting.state.value,
        "stages": [{"stage": r.stage.value, "why": list(r.why), "perhaps": r.perhaps} for r in one.reruns],
        "calls": one.cost.calls if one.cost is not None else None,
        "tokens": one.cost.tokens if one.cost is not None else None,
        "cost_usd": one.cost.cost if one.cost is not None and one.priced else None,
    }


def _total_row(summed: Total) -> dict[str, Any]:
    return {
        "meetings": summed.meetings,
        "calls": summed.calls,
        "tokens": summed.tokens,
        "cost_usd": summed.cost,
        "unknown": summed.unknown,
    }


def _sentence(summed: Total) -> str:
    money = "an unknown cost (set model.prices)" if summed.cost is None else f"{summed.cost:.4f} US dollars"
    told = f"{summed.meetings} meetings would run again: at most {summed.calls} calls, {summed.tokens} tokens, {money}"
    more = f", and {summed.unknown} that were never read cannot be measured" if summed.unknown else ""
    return f"{told}{more}. Nothing was changed: this was a dry run."
