"""Which partitions are needed right now: those that an active run or backfill is about.

What belongs here: reading that from the instance. What does not: what may be done with the others (see ``retiring``).

Deleting a key that a backfill targets fails the whole backfill: tried. So what cannot be told is an error, and nothing is
deleted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import dagster as dg
from dagster._core.execution.backfill import (
    BULK_ACTION_TERMINAL_STATUSES,
    BulkActionsFilter,
    BulkActionStatus,
    PartitionBackfill,
)
from dagster._core.storage.dagster_run import NOT_FINISHED_STATUSES
from dagster._core.storage.tags import PARTITION_NAME_TAG

from artifact_assets.partitions import RANGE_END, RANGE_START


class UnknownTargetsError(Exception):
    """An active backfill does not tell its partitions in a way this version understands."""


def active_backfills(instance: dg.DagsterInstance) -> Sequence[PartitionBackfill]:
    """Backfills that may still start runs."""
    active = [status for status in BulkActionStatus if status not in BULK_ACTION_TERMINAL_STATUSES]
    return instance.get_backfills(filters=BulkActionsFilter(statuses=active))


def targeted(instance: dg.DagsterInstance, order: Sequence[str]) -> set[str]:
    """Keys of active runs and backfills. ``order`` is the partition set. Raises UnknownTargetsError."""
    place = {key: number for number, key in enumerate(order)}
    found: set[str] = set()
    for run in instance.get_runs(filters=dg.RunsFilter(statuses=NOT_FINISHED_STATUSES)):
        found.update(keys_of(run.tags, order, place))
    for backfill in active_backfills(instance):
        found.update(_keys_of_backfill(backfill))
    return found


def keys_of(tags: Mapping[str, str], order: Sequence[str], place: Mapping[str, int]) -> Sequence[str]:
    """The partitions a run's tags name: one, or everything from one to another in the order of the set."""
    if PARTITION_NAME_TAG in tags:
        return (tags[PARTITION_NAME_TAG],)
    start, end = place.get(tags.get(RANGE_START, "")), place.get(tags.get(RANGE_END, ""))
    if start is None or end is None:
        return ()
    return order[start : end + 1]


def _keys_of_backfill(backfill: PartitionBackfill) -> set[str]:
    data = backfill.asset_backfill_data
    if data is None:
        raise UnknownTargetsError(f"Backfill {backfill.backfill_id} does not tell which partitions it is about.")
    return {
        key
        for subset in data.target_subset.partitions_subsets_by_asset_key.values()
        for key in subset.get_partition_keys()
    }
