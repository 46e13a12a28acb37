"""Backfills started from the command line and carried out by Dagster's daemon.

What belongs here: starting one over exactly the meetings wanted, watching it, cancelling it. What does not: what its runs do,
and running without a daemon (see ``in_process``).
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence

import dagster as dg
from dagster._core.execution.backfill import BULK_ACTION_TERMINAL_STATUSES, BulkActionStatus, PartitionBackfill
from dagster._core.utils import make_new_backfill_id

from artifact_assets.definitions import build_definitions
from artifact_assets.partitions import MEETINGS, bridged, register
from artifact_assets.stages.equipment import Equipment

HEARTBEAT_SECONDS = 90.0
"""The backfill daemon beats every 30 s; after three missed beats it is taken for gone."""
WIDEST_GAP = 20
"""Another run costs about 20 times what showing one meeting again does: see docs/replay.md for the measurement."""


def daemon_lives(instance: dg.DagsterInstance, now: float) -> bool:
    """Whether a daemon is there to carry out backfills; ``now`` is in seconds since the epoch."""
    heartbeat = instance.get_daemon_heartbeats().get("BACKFILL")
    return heartbeat is not None and now - heartbeat.timestamp < HEARTBEAT_SECONDS


def start(
    equipment: Equipment,
    instance: dg.DagsterInstance,
    keys: Sequence[str],
    assets: Sequence[dg.AssetKey],
    *,
    passable: Collection[str],
    tags: Mapping[str, str],
    title: str,
) -> str:
    """Request a backfill of ``assets`` over ``keys``; returns its id.

    Dagster cuts the keys into runs over contiguous stretches. Short gaps of ``passable`` meetings are taken along, because
    another run costs more than showing them again.
    """
    register(instance, equipment.ledger, keys)
    order = instance.get_dynamic_partitions(str(MEETINGS.name))
    backfill = PartitionBackfill.from_asset_partitions(
        backfill_id=make_new_backfill_id(),
        asset_graph=build_definitions().get_repository_def().asset_graph,
        partition_names=list(bridged(order, keys, passable, WIDEST_GAP)),
        asset_selection=list(assets),
        backfill_timestamp=time.time(),
        tags=dict(tags),
        dynamic_partitions_store=instance,
        all_partitions=False,
        title=title,
        description=None,
        run_config=None,
    )
    instance.add_backfill(backfill)
    return backfill.backfill_id


def is_over(instance: dg.DagsterInstance, backfill_id: str) -> bool:
    """Whether it has ended, however."""
    found = instance.get_backfill(backfill_id)
    return found is None or found.status in BULK_ACTION_TERMINAL_STATUSES


def cancel(instance: dg.DagsterInstance, backfill_id: str) -> None:
    """Have it cancelled, as the button in the web UI does: its runs end, finished meetings stay."""
    found = instance.get_backfill(backfill_id)
    if found is not None and found.status not in BULK_ACTION_TERMINAL_STATUSES:
        instance.update_backfill(found.with_status(BulkActionStatus.CANCELING))
