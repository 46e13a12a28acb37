"""The asset ``replay_plan``: what running a meeting again would change, prepared and stored before anything is written.

What belongs here: the meeting point of Dagster and a plan's preparation. What does not: preparing (see ``stages.replay``)
and applying, which is a run of the five assets with tags of its own (see ``meetings``).

A run with the tags of a plan prepares that plan's meetings. A run without them, such as "Materialize all", costs nothing: it
tells of each meeting what would run again and why.
"""

# No `from __future__ import annotations`: Dagster compares the annotation of `context` itself, not its text.

import asyncio
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import dagster as dg

from artifact_assets.assets.failure_table import failure_of, tags_of
from artifact_assets.assets.specs import OWNERS
from artifact_assets.domain.records import Json
from artifact_assets.domain.replay import PHASE_TAG, PLAN_TAG, TO_PREPARE, Phase, PlanEntry
from artifact_assets.partitions import MEETINGS
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.replay.preparing import Preparing
from artifact_assets.stages.result import MeetingResult
from artifact_assets.stages.staleness import outlook

REPLAY_PLAN = dg.AssetKey("replay_plan")
GROUP = "replay"
Tell = Callable[[str, Json], None]


def replay_plan_asset(partitions_per_run: int) -> dg.AssetsDefinition:
    """The asset; backfills cut their keys into runs of at most ``partitions_per_run``."""
    with warnings.catch_warnings():
        # Beta: Dagster is pinned exactly and tests cover what is relied on.
        warnings.simplefilter("ignore", dg.BetaWarning)
        backfill_policy = dg.BackfillPolicy.multi_run(partitions_per_run)

    # A multi-asset of one, because only its outputs may be left out: which partitions are done is logged one by one.
    @dg.multi_asset(
        name="prepare_replay",
        specs=[
            dg.AssetSpec(
                REPLAY_PLAN,
                description="What running a meeting again would change at its destinations; nothing is written.",
                group_name=GROUP,
                owners=OWNERS,
                kinds={"python"},
                partitions_def=MEETINGS,
                skippable=True,
            )
        ],
        backfill_policy=backfill_policy,
    )
    def prepare_replay(context: dg.AssetExecutionContext, equipment: dg.ResourceParam[Equipment]) -> Any:
        keys = list(context.partition_keys)

        def tell(key: str, metadata: Json) -> None:
            shown = {name: value for name, value in metadata.items() if value is not None}
            context.log_event(dg.AssetMaterialization(REPLAY_PLAN, partition=key, metadata=shown))

        tags = context.run.tags
        plan_id = tags.get(PLAN_TAG) if tags.get(PHASE_TAG) == Phase.PREPARE else None
        if plan_id is None:
            asyncio.run(_estimate(equipment, keys, tell))
        else:
            results = asyncio.run(_prepare(equipment, plan_id, context.run.run_id, keys, tell))
            failure = failure_of(results)
            if failure is not None:
                context.instance.add_run_tags(context.run.run_id, tags_of(results))
                raise failure
        yield from ()

    return prepare_replay


async def _estimate(equipment: Equipment, keys: Sequence[str], tell: Tell) -> None:
    for meeting in await equipment.ledger.meetings(ids=keys):
        seen = await outlook(equipment, meeting)
        reasons = "; ".join(
            f"{rerun.stage.value}: {', '.join(rerun.why)}" for rerun in seen.reruns if not rerun.perhaps
        )
        calls = seen.cost.calls if seen.cost is not None else None
        tell(meeting.meeting_id, {"stale": seen.stale, "reasons": reasons or None, "model_calls_at_most": calls})


async def _prepare(
    equipment: Equipment, plan_id: str, run_id: str, keys: Sequence[str], tell: Tell
) -> tuple[MeetingResult, ...]:
    """Prepare the plan's meetings among ``keys``; keys that only lie between them are told to be no part of it."""
    ledger, clock, began = equipment.ledger, equipment.clock, equipment.clock.monotonic()
    before = await ledger.progress(plan_id)
    left_before = before.of(*TO_PREPARE)
    known = {entry.meeting_id: entry for entry in await ledger.entries(plan_id, meeting_ids=keys)}
    done = 0

    def prepared(entry: PlanEntry) -> None:
        nonlocal done
        done += 1
        left = left_before - done
        pace = (clock.monotonic() - began) / done
        progress = {"prepared": before.total - left, "of": before.total, "seconds_left": round(left * pace)}
        tell(entry.meeting_id, {**told_of(entry), **progress})

    for key in keys:
        if key not in known:
            tell(key, {"plan": plan_id, "in_plan": False})
        elif known[key].state not in TO_PREPARE:
            tell(key, told_of(known[key]))
    return await Preparing(equipment, plan_id, run_id, prepared).over(keys)


def told_of(entry: PlanEntry) -> Json:
    """What Dagster shows of a prepared meeting: counts and codes, never a word of it."""
    return {
        "plan": entry.plan_id,
        "in_plan": True,
        "state": entry.state.value,
        **{f"records_{change}": count for change, count in entry.changes.items()},
        "reasons": "; ".join(entry.reasons) or None,
        "model_calls": entry.spent.calls,
        "tokens": entry.spent.tokens,
        "cost_usd": entry.spent.cost,
    }
