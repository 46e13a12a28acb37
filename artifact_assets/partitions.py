"""The meetings partition set: one key per meeting.

What belongs here: the definition, adding keys, and finding which keys lie beside each other. What does not: deciding which
meetings there are (the ledger does).

A run covers a contiguous range in insertion order, and Dagster itself never checks that the keys between two ends are the
ones meant. So every insertion holds the ledger's insertion lock, and ranges are computed from the order read back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import dagster as dg
from dagster._core.execution.backfill import BulkActionsFilter, BulkActionStatus
from dagster._core.storage.dagster_run import FINISHED_STATUSES

from artifact_assets.domain.ports import Ledger

MEETINGS = dg.DynamicPartitionsDefinition(name="meeting")
RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"
ADDED_AT_ONCE = 10_000
"""One IN (...) of all keys per call: SQLite builds with a low variable limit refuse more."""
NEWEST = 1000
"""Keys looked through before all are listed, which takes a third of a second for a hundred thousand."""


@dataclass(frozen=True)
class KeyRange:
    """Consecutive partition keys, all of them wanted."""

    keys: tuple[str, ...]

    @property
    def tags(self) -> dict[str, str]:
        """Run tags that select this range."""
        return {RANGE_START: self.keys[0], RANGE_END: self.keys[-1]}


def register(instance: dg.DagsterInstance, ledger: Ledger, keys: Sequence[str]) -> None:
    """Add the partitions that are missing, in the order given, with no foreign key in between."""
    name = MEETINGS.name
    if name is None or not keys:
        return
    with ledger.insertion_lock():
        known = instance.get_existing_dynamic_partitions(name, keys)
        missing = [key for key in dict.fromkeys(keys) if key not in known]
        for start in range(0, len(missing), ADDED_AT_ONCE):
            instance.add_dynamic_partitions(name, missing[start : start + ADDED_AT_ONCE])


def ranges(order: Iterable[str], wanted: Iterable[str], at_most: int) -> tuple[KeyRange, ...]:
    """``wanted`` keys as the fewest ranges contiguous in ``order``, each of at most ``at_most`` keys."""
    chosen = set(wanted)
    found: list[KeyRange] = []
    current: list[str] = []
    for key in order:
        if key in chosen:
            current.append(key)
        if current and (key not in chosen or len(current) == at_most):
            found.append(KeyRange(tuple(current)))
            current = []
    if current:
        found.append(KeyRange(tuple(current)))
    return tuple(found)


def bridged(order: Iterable[str], wanted: Iterable[str], passable: Iterable[str], widest: int) -> tuple[str, ...]:
    """``wanted`` keys and those between them worth taking along, so that fewer ranges cover them; in ``order``.

    A gap is filled when it is at most ``widest`` keys long and all of them are ``passable``.
    """
    chosen, may = set(wanted), set(passable)
    taken: list[str] = []
    gap: list[str] | None = None
    for key in order:
        if key in chosen:
            taken += [*(gap or ()), key]
            gap = []
        elif gap is not None:
            gap = [*gap, key] if key in may and len(gap) < widest else None
    return tuple(taken)


def ranges_of(instance: dg.DagsterInstance, wanted: Sequence[str], at_most: int) -> tuple[KeyRange, ...]:
    """Ranges of ``wanted`` in the instance's insertion order; one key needs no listing of all."""
    if len(wanted) == 1:
        return (KeyRange((wanted[0],)),)
    return ranges(_order_of(instance, wanted), wanted, at_most)


def _order_of(instance: dg.DagsterInstance, wanted: Sequence[str]) -> Sequence[str]:
    """All keys in insertion order, or as many of the newest as hold ``wanted``: what just arrived is near the end."""
    name = str(MEETINGS.name)
    newest = instance.get_paginated_dynamic_partitions(name, limit=NEWEST + len(wanted), ascending=False)
    if newest.has_more and not set(wanted) <= set(newest.results):
        return instance.get_dynamic_partitions(name)
    return newest.results[::-1]


def retire(instance: dg.DagsterInstance, key: str) -> bool:
    """Take a meeting out of the partition set, unless runs or backfills are under way, which may target it.

    Deleting a targeted key fails its whole backfill. A key that stays does no harm: its meeting is refused.
    """
    under_way = dg.RunsFilter(statuses=[status for status in dg.DagsterRunStatus if status not in FINISHED_STATUSES])
    backfills = [BulkActionStatus.REQUESTED, BulkActionStatus.CANCELING, BulkActionStatus.FAILING]
    busy = instance.get_runs(under_way, limit=1) or instance.get_backfills(
        BulkActionsFilter(statuses=backfills), limit=1
    )
    if busy or not instance.has_dynamic_partition(str(MEETINGS.name), key):
        return False
    instance.delete_dynamic_partition(str(MEETINGS.name), key)
    return True
