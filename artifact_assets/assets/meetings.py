"""The fused asset: one op that walks a run's meetings through the stages it was asked for.

What belongs here: the meeting point of Dagster and the walk. What does not: stages, specs, events.

One op for five assets, because a plain ranged asset claims every partition of its range as soon as it yields anything.
This one yields nothing; it logs each meeting's materializations and evaluations as they become true, and raises at the end
when some did not get through. Dagster then shows exactly which partition of which asset is materialized or failed.
"""

# No `from __future__ import annotations`: Dagster compares the annotation of `context` itself, not its text.

import asyncio
import warnings
from collections.abc import Iterator, Mapping
from typing import cast

import dagster as dg
from dagster._core.storage.tags import ASSET_RESUME_RETRY_TAG

from artifact_assets.assets.collecting import seldom
from artifact_assets.assets.event_log import Event, EventLog
from artifact_assets.assets.events import evaluation
from artifact_assets.assets.failure_table import failure_of, tags_of
from artifact_assets.assets.outage import is_outage, once_only, start_again
from artifact_assets.assets.progress import told
from artifact_assets.assets.quotes import items_table
from artifact_assets.assets.specs import CHECKS, asset_key, asset_specs, check_specs
from artifact_assets.assets.traces import send_traces, trace_metadata
from artifact_assets.domain.artifact import Artifact
from artifact_assets.domain.backfills import LIVE
from artifact_assets.domain.records import Checkpoint, Json
from artifact_assets.domain.replay import PHASE_TAG, PLAN_TAG, Phase
from artifact_assets.domain.states import ENDS_OF_DELIVERY, STAGES, Stage
from artifact_assets.event_storage.flushing import aim, flush_of
from artifact_assets.lanes import backfill_of
from artifact_assets.stages.case import Case
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.judging import judge_again
from artifact_assets.stages.replay.application import Application
from artifact_assets.stages.result import MeetingResult
from artifact_assets.stages.walk import Walk


def meetings_asset(partitions_per_run: int) -> dg.AssetsDefinition:
    """The multi-asset; backfills cut their keys into runs of at most ``partitions_per_run``."""
    with warnings.catch_warnings():
        # Beta: as above, pinned and tested.
        warnings.simplefilter("ignore", dg.BetaWarning)
        backfill_policy = dg.BackfillPolicy.multi_run(partitions_per_run)

    @dg.multi_asset(
        name="meetings",
        specs=asset_specs(),
        check_specs=check_specs(),
        can_subset=True,
        backfill_policy=backfill_policy,
    )
    def meetings(
        context: dg.AssetExecutionContext, equipment: dg.ResourceParam[Equipment]
    ) -> Iterator[dg.Output[None]]:
        keys = list(context.partition_keys)
        once_only(context.instance, context.run)
        try:
            with seldom():
                results = asyncio.run(_walk(context, equipment, keys))
        except Exception as error:
            if is_outage(error):
                start_again(context.instance, context.run.run_id)
            raise
        failure = failure_of(results)
        if failure is not None:
            context.instance.add_run_tags(context.run.run_id, tags_of(results))
            raise failure
        yield from ()

    return meetings


async def _walk(context: dg.AssetExecutionContext, equipment: Equipment, keys: list[str]) -> tuple[MeetingResult, ...]:
    stages = _stages(context)
    checks = frozenset(key.name for key in context.selected_asset_check_keys)
    loop = asyncio.get_running_loop()

    def log_event(event: Event) -> None:
        _log(context, event)

    def logged(checkpoints: list[Checkpoint]) -> None:
        asyncio.run_coroutine_threadsafe(equipment.ledger.logged(checkpoints), loop).result()

    if not stages:
        return await _judge(context, equipment, keys, checks)

    def more_of(checkpoint: Checkpoint) -> Json:
        more = dict(trace_metadata(equipment, checkpoint.meeting_id, context.run.run_id))
        if checkpoint.stage is Stage.VALIDATED and equipment.configuration.quotes_in_ui:
            stored = asyncio.run_coroutine_threadsafe(equipment.store.get(checkpoint.document), loop).result()
            more.update(items_table(Artifact.model_validate_json(stored)))
        return more

    log = EventLog(log_event, stages, checks, logged, more_of, flush_of(context.instance))
    log.start()
    try:
        backfill = backfill_of(context.instance, context.run) or LIVE
        plan_id = plan_applied_by(context.run.tags)

        async def applied(case: Case) -> MeetingResult:
            return await Application(case, log, str(plan_id)).go()

        walk = Walk(equipment, context.run.run_id, stages, log, backfill, passage=applied if plan_id else None)
        began = equipment.clock.now()
        async with told(context.instance, context.run.run_id, equipment, backfill):
            results = await walk.over(keys)
        for result in results:
            # A meeting that a plan passed by is as well delivered as it was before.
            if result.stopped_at is not None and result.state not in ENDS_OF_DELIVERY:
                log.stopped(result)
        await send_traces(context, equipment, results, began)
        return results
    finally:
        # Joining blocks, and the thread needs this loop to reach the ledger.
        await asyncio.to_thread(log.close)


def _stages(context: dg.AssetExecutionContext) -> frozenset[Stage]:
    """What the run was asked for.

    Dagster's "re-execute from asset failure" asks for the assets whose check is red, for every meeting of the range; for a
    meeting that failed earlier the stages before are missing, so everything up to there is walked: finished stages are
    reused.
    """
    selected = [stage for stage in STAGES if asset_key(stage) in context.selected_asset_keys]
    if selected and ASSET_RESUME_RETRY_TAG in context.run.tags:
        return frozenset(STAGES[: STAGES.index(selected[-1]) + 1])
    return frozenset(selected)


def plan_applied_by(tags: Mapping[str, str]) -> str | None:
    """The replay plan a run with these tags applies."""
    return tags.get(PLAN_TAG) if tags.get(PHASE_TAG) == Phase.APPLY else None


def _log(context: dg.AssetExecutionContext, event: Event) -> None:
    if isinstance(event, dg.AssetCheckEvaluation):
        event = aim(context.instance, event)
    # Dagster's annotation leaves check evaluations out; it stores them like the others (a test shows it).
    context.log_event(cast("dg.AssetMaterialization", event))


async def _judge(
    context: dg.AssetExecutionContext, equipment: Equipment, keys: list[str], checks: frozenset[str]
) -> tuple[MeetingResult, ...]:
    """Checks selected without an asset: judge what is stored, run no stage."""
    results: list[MeetingResult] = []
    for key in keys:
        result, verdicts = await judge_again(equipment, key)
        results.append(result)
        for verdict in verdicts:
            if verdict.check in checks:
                stage, _ = CHECKS[verdict.check]
                _log(context, evaluation(stage, key, verdict))
    return tuple(results)
