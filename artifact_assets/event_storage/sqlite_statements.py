"""The rows of many events in a handful of statements, on SQLite.

What belongs here: SQL that leaves the same rows behind as Dagster's own, event by event. What does not: when it runs (see
``sqlite``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from dagster import DagsterEventType
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData as Target,
)
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable, SqlEventLogStorageTable
from dagster._time import utc_datetime_from_naive
from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.sqlite import insert

from artifact_assets.event_storage.checks import CHECK_KEY, Row
from artifact_assets.event_storage.targets import Place

_EVENTS = SqlEventLogStorageTable.c
_ADD_EVENTS = SqlEventLogStorageTable.insert()
_PLAN_CHECKS = AssetCheckExecutionsTable.insert()


def reserve_ids(connection: Connection, count: int) -> list[int]:
    """Ids for ``count`` events to come, ascending, as SQLite would number them.

    Takes the file's write lock until the transaction ends, so that nobody else takes them: at once, because a transaction
    that reads first is refused when another process wrote in between, however long it waits.
    """
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    last = cast("int | None", connection.execute(select(func.max(_EVENTS.id))).scalar()) or 0
    return list(range(last + 1, last + 1 + count))


def add_events(connection: Connection, rows: Sequence[Row]) -> None:
    """Store events, under their ids where the rows have some."""
    connection.execute(_ADD_EVENTS, list(rows))


def latest_materializations(connection: Connection, wanted: Sequence[Place]) -> dict[Place, Target]:
    """The last stored materialization of each asset and partition asked for; none for those without."""
    found: dict[Place, Target] = {}
    for asset, partition in wanted:
        latest = (
            select(_EVENTS.id, _EVENTS.run_id, _EVENTS.timestamp)
            .where(_EVENTS.asset_key == asset)
            .where(_EVENTS.dagster_event_type == DagsterEventType.ASSET_MATERIALIZATION.value)
            .where(_EVENTS.partition == partition)
            .order_by(_EVENTS.id.desc())
            .limit(1)
        )
        for event_id, run_id, at in connection.execute(latest):
            timestamp = utc_datetime_from_naive(at).timestamp()
            found[asset, partition] = Target(storage_id=event_id, run_id=run_id, timestamp=timestamp)
    return found


def set_checks(connection: Connection, rows: Sequence[Row]) -> None:
    """Store what checks said of partitions in runs, in place of what was planned; of two about one, the later."""
    if not rows:
        return
    given = insert(AssetCheckExecutionsTable)
    values = {name: given.excluded[name] for name in rows[0] if name not in CHECK_KEY}
    connection.execute(given.on_conflict_do_update(index_elements=list(CHECK_KEY), set_=values), list(rows))


def plan_checks(connection: Connection, rows: Sequence[Row]) -> None:
    """Store what is planned of one check."""
    if rows:
        connection.execute(_PLAN_CHECKS, list(rows))
