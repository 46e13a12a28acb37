"""``replay``: running meetings again in phases: estimate, prepare a plan, look at it, apply exactly that.

What belongs here: the command and its phases. What does not: preparing and applying (see ``stages.replay``), carrying a phase
out (see ``replaying``) and showing a plan (see ``replay_view``).
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from artifact_assets.commands.deliveries import who
from artifact_assets.commands.output import json_option, remark
from artifact_assets.commands.progress import Bar, progress
from artifact_assets.commands.replay_view import print_estimate, print_plan, print_plans
from artifact_assets.configuration.environment import settings
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Intervention
from artifact_assets.domain.replay import TO_APPLY, TO_PREPARE, EntryState, PlanEntry, ReplayPlan
from artifact_assets.domain.states import MEETING_STATES
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.replay.choosing import Choice, new_plan, outlooks, the_plan
from artifact_assets.wiring import open_equipment

if TYPE_CHECKING:
    import dagster as dg

UNTOLD = "not told"


@dataclass(frozen=True)
class Wanted:
    """What a person asked of a plan. ``sample`` is how many meetings to prepare now; ``ids`` the only ones, all when empty."""

    why: str
    here: bool
    as_json: bool
    ids: tuple[str, ...] = ()
    sample: int | None = None


@click.command()
@click.argument("meetings", nargs=-1)
@click.option("--failure-class", type=click.Choice([known.value for known in FailureClass]))
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only meetings received on this UTC day or later.")
@click.option("--stale", is_flag=True, help="Only meetings of which something would run again.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N meetings, the first received first.")
@click.option("--dry-run", is_flag=True, help="Print what would run again and what it may cost; change nothing.")
@click.option("--prepare", is_flag=True, help="Run what would run beside what is stored, and keep it as a plan.")
@click.option("--sample", type=click.IntRange(min=1), metavar="N", help="Prepare N meetings of the plan now.")
@click.option("--plan", "plan_id", metavar="PLAN", help="With --prepare: go on with this plan.")
@click.option("--apply", "to_apply", metavar="PLAN", help="Write exactly what the plan holds, of MEETINGS or of all.")
@click.option("--show", "to_show", metavar="PLAN", help="Print a plan with the difference per record.")
@click.option("--plans", is_flag=True, help="List plans, newest first.")
@click.option("--why", default=UNTOLD, metavar="TEXT", help="Kept with what you do.")
@click.option("--here", is_flag=True, help="Run in this process even when Dagster's daemon is there.")
@json_option
def replay(
    meetings: tuple[str, ...],
    failure_class: str | None,
    since: datetime | None,
    stale: bool,
    limit: int | None,
    dry_run: bool,
    prepare: bool,
    sample: int | None,
    plan_id: str | None,
    to_apply: str | None,
    to_show: str | None,
    plans: bool,
    why: str,
    here: bool,
    as_json: bool,
) -> None:
    """Run MEETINGS, or all of them, through the stages again: estimate, prepare a plan, apply it.

    Nothing is written to a destination before --apply.
    """
    if sum((dry_run, prepare, plans, to_apply is not None, to_show is not None)) != 1:
        raise click.UsageError("Say which one: --dry-run, --prepare, --show PLAN, --apply PLAN or --plans.")
    choice = Choice(
        meetings,
        FailureClass(failure_class) if failure_class else None,
        since.replace(tzinfo=UTC) if since is not None else None,
        stale,
        limit,
    )
    wanted = Wanted(why, here, as_json, meetings, sample)
    if prepare or to_apply is not None:
        code = _carried_out(choice, wanted, plan_id, to_apply)
        sys.exit(code)
    with open_equipment(settings()) as equipment:
        if plans:
            print_plans(equipment, as_json=as_json)
        elif to_show is not None:
            plan = asyncio.run(the_plan(equipment, to_show))
            print_plan(equipment, plan, asyncio.run(_entries(equipment, plan, meetings)), as_json=as_json)
        else:
            with progress("meetings", 0) as bar:
                found = asyncio.run(outlooks(equipment, choice, bar.advance, bar.expect))
            print_estimate(found, as_json=as_json)


def _carried_out(choice: Choice, wanted: Wanted, plan_id: str | None, to_apply: str | None) -> int:
    """Prepare or apply, print the plan, and return the exit code."""
    from artifact_assets.definitions import run_finished_in
    from artifact_assets.instance import open_instance

    where = settings()
    where.make_home()
    instance = open_instance(where)
    with open_equipment(where, run_finished=run_finished_in(instance)) as equipment, progress("meetings", 0) as bar:
        if to_apply is not None:
            plan = asyncio.run(the_plan(equipment, to_apply))
            return _apply(equipment, instance, plan, wanted, bar)
        if plan_id is not None:
            plan = asyncio.run(the_plan(equipment, plan_id))
        else:
            found = asyncio.run(outlooks(equipment, choice, bar.advance, bar.expect))
            ids = [one.meeting.meeting_id for one in found]
            plan = asyncio.run(new_plan(equipment, choice, ids, who(), wanted.why))
            bar.restart()
        return _prepare(equipment, instance, plan, wanted, bar)


def _prepare(equipment: Equipment, instance: dg.DagsterInstance, plan: ReplayPlan, wanted: Wanted, bar: Bar) -> int:
    from artifact_assets.commands.replaying import Phase, Replaying

    entries = asyncio.run(_entries(equipment, plan, ()))
    keys = [entry.meeting_id for entry in entries if entry.state in TO_PREPARE][: wanted.sample]
    if not keys:
        remark(f"Everything of plan {plan.plan_id} is prepared already.")
    _recorded(equipment, "replay prepare", plan, wanted.why, len(keys))
    try:
        Replaying(equipment, instance, plan.plan_id, Phase.PREPARE, keys, wanted.here).carry_out(bar)
    except KeyboardInterrupt:
        remark(f"Go on with: python -m artifact_assets replay --prepare --plan {plan.plan_id}")
        raise
    bar.hide()
    entries = asyncio.run(_entries(equipment, plan, ()))
    print_plan(equipment, plan, entries, as_json=wanted.as_json)
    worked_on = set(keys)
    return 1 if any(entry.state in TO_PREPARE for entry in entries if entry.meeting_id in worked_on) else 0


def _apply(equipment: Equipment, instance: dg.DagsterInstance, plan: ReplayPlan, wanted: Wanted, bar: Bar) -> int:
    from artifact_assets.commands.replaying import Phase, Replaying

    entries = asyncio.run(_entries(equipment, plan, wanted.ids))
    keys = [entry.meeting_id for entry in entries if entry.state in TO_APPLY]
    if not keys:
        remark(f"Plan {plan.plan_id} has nothing prepared that waits to be applied.")
    _recorded(equipment, "replay apply", plan, wanted.why, len(keys))
    try:
        Replaying(equipment, instance, plan.plan_id, Phase.APPLY, keys, wanted.here).carry_out(bar)
    except KeyboardInterrupt:
        remark(f"Go on with: python -m artifact_assets replay --apply {plan.plan_id}")
        raise
    bar.hide()
    entries = asyncio.run(_entries(equipment, plan, wanted.ids))
    print_plan(equipment, plan, entries, as_json=wanted.as_json)
    meetings = asyncio.run(equipment.ledger.meetings(ids=keys))
    worst = max((MEETING_STATES[meeting.state].exit_code for meeting in meetings), default=0)
    worked_on = set(keys)
    return max(worst, *(entry.state is not EntryState.APPLIED for entry in entries if entry.meeting_id in worked_on), 0)


async def _entries(equipment: Equipment, plan: ReplayPlan, ids: tuple[str, ...]) -> tuple[PlanEntry, ...]:
    """Meetings of the plan, all or those named. Raises PipelineError(unreadable_input) for one it does not hold."""
    found = await equipment.ledger.entries(plan.plan_id, meeting_ids=ids or None)
    missing = [name for name in ids if name not in {entry.meeting_id for entry in found}]
    if missing:
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            f"Plan {plan.plan_id} does not hold meeting {missing[0]}, so nothing was done.",
            f"See what it holds with `replay --show {plan.plan_id}`.",
        )
    return found


def _recorded(equipment: Equipment, action: str, plan: ReplayPlan, why: str, meetings: int) -> None:
    """Keep who did what to how many meetings, and why; doing nothing is no intervention."""
    if not meetings:
        return
    details = {"plan": plan.plan_id, "meetings": meetings}
    asyncio.run(equipment.ledger.intervene(Intervention(equipment.clock.now(), who(), why, action, details=details)))
