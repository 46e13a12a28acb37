"""How checks stand for each partition, of many partitions at once.

What belongs here: the states that check pages show, from what the event log has. What does not: reading the event log.

Dagster makes them one partition after the other: a query for each, whether its key is still there, and a copy of all before
it. Beside ten thousand partitions the pages of four checks take half a minute, and the copies grow with the square.
Here the keys are read once, and the partitions of each state are gathered before a subset is made of them. What comes out is
equal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from dagster import AssetCheckKey, DagsterInstance, DynamicPartitionsDefinition, PartitionsDefinition
from dagster._core.asset_graph_view.serializable_entity_subset import SerializableEntitySubset
from dagster._core.definitions.partitions.subset import DefaultPartitionsSubset
from dagster._core.storage.asset_check_execution_record import (
    AssetCheckExecutionRecordStatus,
    AssetCheckExecutionResolvedStatus,
    AssetCheckPartitionInfo,
)
from dagster._core.storage.asset_check_state import AssetCheckState
from dagster._core.storage.dagster_run import FINISHED_STATUSES, DagsterRunStatus, RunsFilter
from dagster._core.storage.event_log import EventLogStorage

_JUDGED = {
    AssetCheckExecutionRecordStatus.SUCCEEDED: AssetCheckExecutionResolvedStatus.SUCCEEDED,
    AssetCheckExecutionRecordStatus.FAILED: AssetCheckExecutionResolvedStatus.FAILED,
}


def kept_by_name(
    keys: Sequence[tuple[AssetCheckKey, PartitionsDefinition | None]],
) -> dict[AssetCheckKey, DynamicPartitionsDefinition]:
    """Of the checks those over partitions whose keys the event log keeps, under a name."""
    return {
        check: partitions
        for check, partitions in keys
        if isinstance(partitions, DynamicPartitionsDefinition) and partitions.name is not None
    }


def states_of(
    storage: EventLogStorage, instance: DagsterInstance, checks: Mapping[AssetCheckKey, DynamicPartitionsDefinition]
) -> dict[AssetCheckKey, AssetCheckState]:
    """The state of each check."""
    records = defaultdict[AssetCheckKey, list[AssetCheckPartitionInfo]](list)
    for record in storage.get_asset_check_partition_info(list(checks), after_storage_id=0):
        records[record.check_key].append(record)
    planned = {
        record.latest_planned_run_id
        for each in records.values()
        for record in each
        if record.latest_execution_status is AssetCheckExecutionRecordStatus.PLANNED
    }
    finished: dict[str, DagsterRunStatus] = {}
    if planned:
        over = RunsFilter(run_ids=list(planned), statuses=FINISHED_STATUSES)
        finished = {run.run_id: run.status for run in instance.get_runs(over)}
    # After the records: a key came before whatever is recorded of it.
    names = {str(partitions.name) for partitions in checks.values()}
    keys = {name: frozenset(storage.get_dynamic_partitions(name)) for name in names}
    return {
        check: _state(check, keys[str(partitions.name)], records[check]).with_updates(check, partitions, (), finished)
        for check, partitions in checks.items()
    }


def _state(check: AssetCheckKey, keys: AbstractSet[str], records: Sequence[AssetCheckPartitionInfo]) -> AssetCheckState:
    """Before it is known which runs are over."""
    stand = {status: set[str]() for status in AssetCheckExecutionResolvedStatus}
    runs, last = defaultdict[str, set[str]](set), 0
    for record in records:
        last = max(last, record.latest_check_event_storage_id, record.latest_materialization_storage_id or 0)
        key, status = record.partition_key, record.latest_execution_status
        if key is None or key not in keys:
            continue
        if status is AssetCheckExecutionRecordStatus.PLANNED:
            stand[AssetCheckExecutionResolvedStatus.IN_PROGRESS].add(key)
            runs[record.latest_planned_run_id].add(key)
        elif record.is_current:
            stand[_JUDGED[status]].add(key)

    def subset(of: set[str]) -> SerializableEntitySubset[AssetCheckKey]:
        return SerializableEntitySubset(key=check, value=DefaultPartitionsSubset(of))

    return AssetCheckState(
        latest_storage_id=last,
        subsets={status: subset(of) for status, of in stand.items()},
        in_progress_runs={run: subset(of) for run, of in runs.items()},
    )
