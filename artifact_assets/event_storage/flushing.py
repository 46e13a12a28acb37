"""What a run has to know of the event log behind it.

What belongs here: telling storages that hold events back from those that don't, and having either show what checks are
about. What does not: holding events back (see ``storage``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

import dagster as dg
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData,
)
from dagster_shared.record import replace  # pyright: ignore[reportUnknownVariableType] - its keywords are untyped


@runtime_checkable
class Flushing(Protocol):
    """A storage whose events may wait."""

    @property
    def aims_checks(self) -> bool:
        """Whether it finds out by itself which materialization the evaluations of a run are about."""
        ...

    def flush(self) -> None:
        """Write what waits; raises what the database raises."""
        ...


def flush_of(instance: dg.DagsterInstance) -> Callable[[], None]:
    """What makes sure that the events stored through ``instance`` survive this process."""
    storage: object = instance.event_log_storage
    return storage.flush if isinstance(storage, Flushing) else _nothing


def aim(instance: dg.DagsterInstance, evaluation: dg.AssetCheckEvaluation) -> dg.AssetCheckEvaluation:
    """The evaluation with its partition's last materialization, without which Dagster does not show it for the partition."""
    storage: object = instance.event_log_storage
    if evaluation.partition is None or (isinstance(storage, Flushing) and storage.aims_checks):
        return evaluation
    wanted = dg.AssetRecordsFilter(evaluation.asset_key, asset_partitions=[evaluation.partition])
    records = instance.fetch_materializations(wanted, limit=1).records
    if not records:
        return evaluation
    target = AssetCheckEvaluationTargetMaterializationData(
        storage_id=records[0].storage_id, run_id=records[0].run_id, timestamp=records[0].timestamp
    )
    return replace(evaluation, target_materialization_data=target)


def _nothing() -> None:
    return
