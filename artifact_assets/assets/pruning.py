"""Old runs and their events leave Dagster's storage, unless a partition still shows them.

What belongs here: which runs nothing depends on, and deleting them. What does not: how old is old (see
``domain.working_set``).

``delete_run`` deletes the run's materializations too, and with them what Dagster shows for their partitions. So a run goes
only when each partition it is about has left the set, or has a newer event of the same kind for the same asset. ``trace``
loses nothing: it reads the ledger.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
from dagster._core.events import DagsterEventType
from dagster._core.storage.dagster_run import FINISHED_STATUSES
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage
from dagster._core.storage.tags import BACKFILL_ID_TAG
from sqlalchemy import delete

from artifact_assets.assets.targeted import active_backfills
from artifact_assets.domain.working_set import WorkingSetPolicy
from artifact_assets.partitions import MEETINGS

CURSOR = "artifacts-pruning"
RUNS_AT_ONCE = 100
EVENTS_AT_ONCE = 1000
_PLANNED, _DONE = DagsterEventType.ASSET_MATERIALIZATION_PLANNED, DagsterEventType.ASSET_MATERIALIZATION
_CHECKED = DagsterEventType.ASSET_CHECK_EVALUATION


@dataclass(frozen=True)
class Mention:
    """What a run said about an asset, or about one partition of it; ``check`` when it evaluated one."""

    kind: DagsterEventType
    asset: dg.AssetKey
    partition: str | None
    check: str | None = None


@dataclass(frozen=True)
class Pruned:
    """What a pass came to: runs looked at, deleted, and kept because something depends on them."""

    looked_at: int
    deleted: int
    kept: int


def prune(instance: dg.DagsterInstance, policy: WorkingSetPolicy, now: datetime) -> Pruned:
    """One pass over finished runs of that age, oldest first, going on behind the run that the last pass kept last."""
    present = set(instance.get_dynamic_partitions(str(MEETINGS.name)))
    going_on = {backfill.backfill_id for backfill in active_backfills(instance)}
    filters = dg.RunsFilter(statuses=FINISHED_STATUSES, created_before=now - timedelta(days=policy.prune_after_days))
    cursor = _known(instance, instance.daemon_cursor_storage.get_cursor_values({CURSOR}).get(CURSOR))
    looked_at = deleted = kept = 0
    while looked_at < policy.runs_per_pass:
        at_most = min(RUNS_AT_ONCE, policy.runs_per_pass - looked_at)
        page = instance.get_run_records(filters, limit=at_most, cursor=cursor, ascending=True)
        for record in page:
            run = record.dagster_run
            needed = run.tags.get(BACKFILL_ID_TAG) in going_on
            if needed or any(
                _is_shown(instance, run.run_id, mention, present) for mention in mentions(instance, run.run_id)
            ):
                # What is deleted is no place to go on from.
                cursor, kept = run.run_id, kept + 1
                continue
            instance.delete_run(run.run_id)
            _delete_rest(instance, run.run_id)
            deleted += 1
        looked_at += len(page)
        if len(page) < at_most:
            cursor = None
            break
    instance.daemon_cursor_storage.set_cursor_values({CURSOR: cursor or ""})
    return Pruned(looked_at, deleted, kept)


def mentions(instance: dg.DagsterInstance, run_id: str) -> Iterator[Mention]:
    """What the run said about assets and partitions, each once."""
    cursor: str | None = None
    seen: set[Mention] = set()
    while True:
        page = instance.event_log_storage.get_records_for_run(
            run_id, cursor, {_PLANNED, _DONE, _CHECKED}, EVENTS_AT_ONCE
        )
        for record in page.records:
            event = record.event_log_entry.dagster_event
            if event is None or event.asset_key is None:
                continue
            check = event.asset_check_evaluation_data.check_name if event.event_type is _CHECKED else None
            mention = Mention(event.event_type, event.asset_key, event.partition, check)
            if mention not in seen:
                seen.add(mention)
                yield mention
        if not page.has_more:
            return
        cursor = page.cursor


def _is_shown(instance: dg.DagsterInstance, run_id: str, mention: Mention, present: set[str]) -> bool:
    """Whether the run said it last, so that Dagster's picture of the present is this.

    Told by run and not by the number of an event: SQLite numbers those of each run by themselves.
    """
    if mention.partition is not None and mention.partition not in present:
        return False
    events = instance.event_log_storage
    if mention.check is not None:
        keys = [dg.AssetCheckKey(mention.asset, mention.check)]
        of = [mention.partition] if mention.partition is not None else None
        infos = events.get_asset_check_partition_info(keys, partition_keys=of)
        return any(i.latest_planned_run_id == run_id for i in infos if i.partition_key == mention.partition)
    if mention.kind is _PLANNED:
        planned = events.get_latest_planned_materialization_info(mention.asset, mention.partition)
        return planned is not None and planned.run_id == run_id
    wanted = dg.AssetRecordsFilter(
        mention.asset, asset_partitions=[mention.partition] if mention.partition is not None else None
    )
    newest = instance.fetch_materializations(wanted, limit=1).records
    return bool(newest) and newest[0].run_id == run_id


def _known(instance: dg.DagsterInstance, run_id: str | None) -> str | None:
    return run_id if run_id and instance.has_run(run_id) else None


def _delete_rest(instance: dg.DagsterInstance, run_id: str) -> None:
    """What ``delete_run`` leaves: rows of check evaluations, 13 kB a meeting, and on SQLite the run's emptied file."""
    events = instance.event_log_storage
    if isinstance(events, SqlEventLogStorage):
        with events.index_connection() as connection:
            connection.execute(delete(AssetCheckExecutionsTable).where(AssetCheckExecutionsTable.c.run_id == run_id))
    of_run = getattr(events, "path_for_shard", None)
    if of_run is not None:
        path = Path(of_run(run_id))
        for file in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
            with contextlib.suppress(OSError):
                file.unlink()
