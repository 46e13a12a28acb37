"""The row of a check's verdict, as Dagster writes it.

What belongs here: its columns' values. What does not: storing it (see ``statements`` and ``sqlite_statements``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluation
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus

Row = Mapping[str, Any]

CHECK_KEY = ("asset_key", "check_name", "run_id", "partition")
"""What of the table's rows is there once."""


def check_row(evaluation: AssetCheckEvaluation, event: Row) -> Row:
    """The row of an evaluation made in a run; ``event`` is its row of events."""
    target = evaluation.target_materialization_data
    status = AssetCheckExecutionRecordStatus
    return {
        "asset_key": event["asset_key"] or evaluation.asset_key.to_string(),
        "check_name": evaluation.check_name,
        "partition": evaluation.partition,
        "run_id": event["run_id"],
        "execution_status": (status.SUCCEEDED if evaluation.passed else status.FAILED).value,
        "evaluation_event": event["event"],
        "evaluation_event_timestamp": event["timestamp"],
        "evaluation_event_storage_id": event["id"],
        "materialization_event_storage_id": target.storage_id if target else None,
    }
