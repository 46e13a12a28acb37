"""The rows of many events in a handful of statements, on PostgreSQL.

What belongs here: SQL that leaves the same rows behind as Dagster's own, event by event. What does not: when it runs (see
``storage``).

Arrays instead of a VALUES list: the statement's text stays the same whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData as Target,
)
from sqlalchemy import Connection, TextClause, text

from artifact_assets.event_storage.checks import CHECK_KEY, Row

EVENT_COLUMNS = {
    "id": "bigint",
    "run_id": "text",
    "event": "text",
    "dagster_event_type": "text",
    "timestamp": "timestamp",
    "step_key": "text",
    "asset_key": "text",
    "partition": "text",
}
CHECK_COLUMNS = {
    "asset_key": "text",
    "check_name": "text",
    "partition": "text",
    "run_id": "text",
    "execution_status": "text",
    "evaluation_event": "text",
    "evaluation_event_timestamp": "timestamp",
    "evaluation_event_storage_id": "bigint",
    "materialization_event_storage_id": "bigint",
}


def _insert(table: str, columns: Mapping[str, str], ending: str) -> TextClause:
    names = ", ".join(f'"{name}"' for name in columns)
    arrays = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in columns.items())
    return text(
        f"INSERT INTO {table} ({names}) SELECT {names} FROM unnest({arrays}) WITH ORDINALITY "  # noqa: S608 - names of ours
        f"AS given({names}, place) ORDER BY place {ending}"
    )


_DRAW_IDS = text(
    "SELECT nextval(pg_get_serial_sequence('event_logs', 'id')) FROM generate_series(1, CAST(:count AS int))"
)
_ADD_EVENTS = _insert("event_logs", EVENT_COLUMNS, "")
_LATEST = text(
    "SELECT wanted.asset_key, wanted.partition, latest.id, latest.run_id, "
    "extract(epoch FROM latest.timestamp)::double precision "
    "FROM unnest(CAST(:asset_key AS text[]), CAST(:partition AS text[])) AS wanted(asset_key, partition) "
    "CROSS JOIN LATERAL (SELECT id, run_id, timestamp FROM event_logs WHERE asset_key = wanted.asset_key "
    "AND dagster_event_type = 'ASSET_MATERIALIZATION' AND partition = wanted.partition ORDER BY id DESC LIMIT 1) latest"
)
_SET_CHECKS = _insert(
    "asset_check_executions",
    CHECK_COLUMNS,
    f"ON CONFLICT ({', '.join(CHECK_KEY)}) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in CHECK_COLUMNS if name not in CHECK_KEY),
)
_PLAN_CHECKS = _insert("asset_check_executions", CHECK_COLUMNS, "")


def draw_ids(connection: Connection, count: int) -> list[int]:
    """Ids for ``count`` events to come, ascending. Known before they are stored, so that events can name each other."""
    return sorted(connection.execute(_DRAW_IDS, {"count": count}).scalars().all())


def add_events(connection: Connection, rows: Sequence[Row]) -> None:
    """Store events under the ids drawn for them."""
    connection.execute(_ADD_EVENTS, _arrays(rows, EVENT_COLUMNS))


def latest_materializations(connection: Connection, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Target]:
    """The last stored materialization of each asset and partition asked for; none for those without."""
    if not wanted:
        return {}
    given = {"asset_key": [asset for asset, _ in wanted], "partition": [partition for _, partition in wanted]}
    found = connection.execute(_LATEST, given).all()
    return {(row[0], row[1]): Target(storage_id=row[2], run_id=row[3], timestamp=row[4]) for row in found}


def set_checks(connection: Connection, rows: Sequence[Row]) -> None:
    """Store what checks said of partitions in runs, in place of what was planned; of two about one, the later."""
    last = {tuple(row[name] for name in CHECK_KEY): row for row in rows}
    if last:
        connection.execute(_SET_CHECKS, _arrays(list(last.values()), CHECK_COLUMNS))


def plan_checks(connection: Connection, rows: Sequence[Row]) -> None:
    """Store what is planned of one check."""
    connection.execute(_PLAN_CHECKS, _arrays(rows, CHECK_COLUMNS))


def _arrays(rows: Sequence[Row], columns: Mapping[str, str]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in columns}
