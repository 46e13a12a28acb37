"""Running the pipeline's Dagster job in this process.

What belongs here: registering partitions and executing ranged runs without a daemon. What does not: what runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import dagster as dg
from dagster._core.events import RunFailureReason

from artifact_assets.assets.specs import asset_key
from artifact_assets.definitions import build_definitions
from artifact_assets.domain.states import STAGES, Stage
from artifact_assets.partitions import ranges_of, register
from artifact_assets.stages.equipment import Equipment

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
"""A run of some of the assets does not keep the loggers of the definitions, and would log each event on the terminal."""


def materialize(
    equipment: Equipment, instance: dg.DagsterInstance, keys: Sequence[str], *, deliver: bool = True
) -> list[str]:
    """Run all stages (without ``deliver``, all but the last) for the meetings ``keys``; returns the run ids.

    Meetings that fail are in the ledger and in Dagster's event log; nothing is raised for them. Raises KeyboardInterrupt when
    the person at the terminal interrupted the run.
    """
    stages = [stage for stage in STAGES if deliver or stage is not Stage.DELIVERED]
    return run_here(equipment, instance, keys, [asset_key(stage) for stage in stages], {})


def run_here(
    equipment: Equipment,
    instance: dg.DagsterInstance,
    keys: Sequence[str],
    assets: Sequence[dg.AssetKey],
    tags: Mapping[str, str],
) -> list[str]:
    """Run ``assets`` for the meetings ``keys`` with run tags ``tags``; as ``materialize`` otherwise."""
    if not keys:
        return []
    register(instance, equipment.ledger, keys)
    job = build_definitions({"equipment": equipment}).resolve_implicit_global_asset_job_def()
    runs: list[str] = []
    for piece in ranges_of(instance, keys, equipment.configuration.walk.partitions_per_run):
        single = len(piece.keys) == 1
        result = job.execute_in_process(
            run_config=QUIET,
            instance=instance,
            partition_key=piece.keys[0] if single else None,
            tags={**({} if single else piece.tags), "artifacts/source": "command-line", **tags},
            asset_selection=list(assets),
            raise_on_error=False,
        )
        runs.append(result.run_id)
        if _was_interrupted(result):
            raise KeyboardInterrupt
    return runs


def _was_interrupted(result: dg.ExecuteInProcessResult) -> bool:
    """Whether Ctrl-C ended the run: Dagster takes the signal while it executes and makes a failed run of it."""
    return any(
        event.event_type is dg.DagsterEventType.RUN_FAILURE
        and event.job_failure_data.failure_reason is RunFailureReason.UNEXPECTED_TERMINATION
        for event in result.all_events
    )
