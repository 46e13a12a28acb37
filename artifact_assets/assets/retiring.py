"""Meetings leave the partition set when they have been finished for long.

What belongs here: taking their keys out, safely. What does not: how long is long (see ``domain.working_set``) and their
events, which stay (see ``pruning``).

A meeting that is worked on again comes back: whoever requests its run adds its key, at the end of the order, and the ledger
forgets that it had left. The key goes first and the ledger is told after: a crash in between leaves a finished meeting
without a key, which the next pass finds and marks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import dagster as dg

from artifact_assets.assets.targeted import targeted
from artifact_assets.domain.ports import Ledger
from artifact_assets.domain.working_set import WorkingSetPolicy
from artifact_assets.partitions import MEETINGS

_NAME = str(MEETINGS.name)
AT_ONCE = 200
"""Keys taken out between two looks at what is needed: a backfill may be started at any moment."""


@dataclass(frozen=True)
class Retired:
    """What a pass came to: keys taken out, kept because they are needed, and left in the set."""

    retired: int
    needed: int
    left: int


async def retire(instance: dg.DagsterInstance, ledger: Ledger, policy: WorkingSetPolicy, now: datetime) -> Retired:
    """One pass. Raises UnknownTargetsError, having taken nothing out that may be needed."""
    cutoff = now - timedelta(days=policy.retire_after_days)
    finished = await ledger.finished_before(cutoff, policy.meetings_per_pass)
    retired = needed = 0
    for start in range(0, len(finished), AT_ONCE):
        group = finished[start : start + AT_ONCE]
        gone, kept = take_out(instance, ledger, group)
        await ledger.retire(gone, cutoff, now)
        retired, needed = retired + len(gone), needed + kept
    return Retired(retired, needed, len(instance.get_dynamic_partitions(_NAME)))


def take_out(instance: dg.DagsterInstance, ledger: Ledger, keys: Sequence[str]) -> tuple[list[str], int]:
    """Delete the keys that nobody needs; returns those that are out of the set now, and how many are needed.

    What a backfill started in the same moment turns out to need is put back at once.
    """
    with ledger.insertion_lock():
        order = instance.get_dynamic_partitions(_NAME)
        present, held = set(order), targeted(instance, order)
        free = [key for key in keys if key not in held]
        for key in free:
            if key in present:
                instance.delete_dynamic_partition(_NAME, key)
        wanted_after_all = sorted(targeted(instance, order) & present & set(free), key=order.index)
        if wanted_after_all:
            instance.add_dynamic_partitions(_NAME, wanted_after_all)
    gone = [key for key in free if key not in set(wanted_after_all)]
    return gone, len(keys) - len(gone)
