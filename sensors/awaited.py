"""Meetings that somebody is still going to work on: a queued or running run, or a backfill that has not requested them yet.

What belongs here: finding them in Dagster's storage. What does not: which meetings are due (see ``drain``).

A backfill of thousands waits in the queue for hours, and its meetings look like left behind ones: unfinished, untouched, held
by nobody. Requesting them a second time would take them out of the backfill's lane.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import dagster as dg
from dagster._core.execution.backfill import BulkActionsFilter, BulkActionStatus

from artifact_assets.assets.specs import asset_key
from artifact_assets.domain.records import Meeting
from artifact_assets.domain.states import Stage
from artifact_assets.partitions import MEETINGS, RANGE_END, RANGE_START

UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
PARTITION = "dagster/partition"


@dataclass(frozen=True)
class Awaited:
    """By partition key, the unfinished runs that cover it; a backfill that has not requested it yet counts as one more."""

    runs: Mapping[str, frozenset[str]]

    def __contains__(self, meeting: Meeting) -> bool:
        """Whether somebody is still going to take it up. A run that put a meeting off does not take it up again."""
        return bool(self.runs.get(meeting.meeting_id, frozenset()) - {meeting.run_id})


def awaited(instance: dg.DagsterInstance) -> Awaited:
    """What queued and running runs and backfills are going to work on."""
    found: dict[str, set[str]] = {}
    for key, run_id in (*_of_runs(instance), *_of_backfills(instance)):
        found.setdefault(key, set()).add(run_id)
    return Awaited({key: frozenset(runs) for key, runs in found.items()})


def _of_runs(instance: dg.DagsterInstance) -> Iterator[tuple[str, str]]:
    ranges: list[tuple[str, str, str]] = []
    for run in instance.get_runs(dg.RunsFilter(statuses=UNDER_WAY)):
        if PARTITION in run.tags:
            yield run.tags[PARTITION], run.run_id
        elif RANGE_START in run.tags and RANGE_END in run.tags:
            ranges.append((run.tags[RANGE_START], run.tags[RANGE_END], run.run_id))
    if ranges:
        order: Sequence[str] = instance.get_dynamic_partitions(str(MEETINGS.name))
        place = {key: number for number, key in enumerate(order)}
        for first, last, run_id in ranges:
            if first in place and last in place:
                yield from ((key, run_id) for key in order[place[first] : place[last] + 1])


def _of_backfills(instance: dg.DagsterInstance) -> Iterator[tuple[str, str]]:
    for backfill in instance.get_backfills(filters=BulkActionsFilter(statuses=[BulkActionStatus.REQUESTED])):
        told = backfill.asset_backfill_data
        if told is None:
            continue
        for stage in Stage:
            key = asset_key(stage)
            if key in told.target_subset.asset_keys:
                wanted = set(told.target_subset.get_partitions_subset(key).get_partition_keys())
                if key in told.requested_subset.asset_keys:
                    wanted -= set(told.requested_subset.get_partitions_subset(key).get_partition_keys())
                yield from ((name, backfill.backfill_id) for name in wanted)
                break
