"""All keys of a set as a subset, without hashing a hundred thousand keys each time.

What belongs here: the one method of Dagster's that is replaced. What does not: remembering keys (see ``remembered_keys``).

When a backfill starts, Dagster compares its target with all keys, for each asset anew: with five assets and a hundred thousand
keys a third of the start. It makes the definitions of partition sets itself, from what the code server sent, so that no
class of ours can stand in for them. What is returned equals what Dagster's own method returns, with a set that is shared.
"""

from __future__ import annotations

from dagster import DynamicPartitionsDefinition
from dagster._core.definitions.partitions.subset import DefaultPartitionsSubset, PartitionsSubset

from artifact_assets.event_storage.remembered_keys import PartitionKeys


def share_all_keys() -> None:
    """Have it replaced in this process. Only for versions of Dagster whose method was read."""
    DynamicPartitionsDefinition.subset_with_all_partitions = _subset_with_all_partitions


def _subset_with_all_partitions(self: DynamicPartitionsDefinition) -> PartitionsSubset:
    keys = self.get_partition_keys()
    if isinstance(keys, PartitionKeys):
        return DefaultPartitionsSubset(keys.as_set)
    return self.subset_with_partition_keys(keys)
