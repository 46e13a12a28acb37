"""``go-live``: what happens when a route that observed starts to deliver.

What belongs here: the command. What does not: changing the configuration, which is a file of the operator's.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date, datetime

import click

from artifact_assets.commands.output import json_option, print_json, remark
from artifact_assets.configuration.environment import settings
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.routes import Mode
from artifact_assets.domain.states import Stage
from artifact_assets.stages.delivered import planned_writes
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.reading_back import readable_case
from artifact_assets.wiring import open_equipment


@click.command("go-live")
@click.argument("route")
@click.option(
    "--from", "since", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The first day that is delivered."
)
@json_option
def golive(route: str, since: datetime, as_json: bool) -> None:
    """Say which meetings observed so far would be delivered, and which stay as they are. Writes nothing."""
    with open_equipment(settings()) as equipment:
        told = asyncio.run(_consequences(equipment, route, since.date()))
    if as_json:
        print_json(told)
        return
    remark(f"{told['delivered']} observed meetings from {since.date()} on would be delivered: {told['writes']} writes.")
    remark(f"{told['stay']} earlier ones stay observed and are never written.")
    click.echo(f"# In the configuration, at the route {route}:\n    mode: deliver\n    since: {since.date()}")
    remark("Then `replay` those meetings; new ones are delivered as they come.")


async def _consequences(equipment: Equipment, name: str, since: date) -> dict[str, object]:
    route = next((each for each in equipment.configuration.routes if each.name == name), None)
    if route is None:
        raise PipelineError(FailureClass.UNREADABLE_INPUT, f"No route is called {name!r}.", "See `routes:`.")
    if route.mode is not Mode.OBSERVE:
        remark(f"Route {name} is on {route.mode} already.")
    counts: Counter[str] = Counter()
    keys: list[str] = []
    for meeting in await equipment.ledger.meetings():
        case = await readable_case(equipment, meeting.meeting_id)
        if case is None or Stage.VALIDATED not in case.documents:
            continue
        plans = await planned_writes(case, await case.artifact(), observed=True)
        mine = [plan for plan in plans if plan.destination in route.to]
        if not mine:
            continue
        started = (await case.transcript()).started_at
        if started is not None and started.date() >= since:
            counts["delivered"] += 1
            counts["writes"] += len(mine)
            keys.append(meeting.meeting_id)
        else:
            counts["stay"] += 1
    totals = {key: counts[key] for key in ("delivered", "writes", "stay")}
    return {"route": name, "since": since.isoformat(), **totals, "meetings": keys}
