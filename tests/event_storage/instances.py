"""Dagster instances with Dagster's own event log or ours, and what their user interface would show.

What belongs here: opening them, and the queries. What does not: what the answers should be.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Generator
from pathlib import Path
from typing import Any

import dagster as dg
import yaml
from dagster._core.definitions.partitions.context import partition_loading_context
from dagster._core.test_utils import in_process_test_workspace
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster_graphql.test.utils import execute_dagster_graphql

from artifact_assets.event_storage.grouping import GroupingStorage
from tests.event_storage.databases import Database

ROOT = Path(__file__).resolve().parents[2]

_PICTURE = """{ assetNodes {
  assetKey { path }
  partitionStats { numMaterialized numFailed numMaterializing numPartitions }
  assetPartitionStatuses { ... on DefaultPartitionStatuses
    { materializedPartitions failedPartitions materializingPartitions unmaterializedPartitions } }
  assetMaterializations { partition stepKey metadataEntries { __typename label ... on IntMetadataEntry { intValue }
    ... on TextMetadataEntry { text } ... on BoolMetadataEntry { boolValue } } }
  assetChecksOrError { ... on AssetChecks { checks { name
    executionForLatestMaterialization { status evaluation { success partition metadataEntries { label } } }
    partitionStatuses { ... on AssetCheckDefaultPartitionStatuses
      { succeededPartitions failedPartitions inProgressPartitions skippedPartitions executionFailedPartitions } } } } }
} }"""
_EVENTS = """query($id: ID!) { logsForRun(runId: $id) { ... on EventConnection { events { __typename
  ... on MessageEvent { message stepKey eventType level }
  ... on MaterializationEvent { partition assetKey { path } }
  ... on AssetMaterializationPlannedEvent { assetKey { path } }
  ... on AssetCheckEvaluationEvent { evaluation { success partition checkName targetMaterialization { timestamp } } }
} } } }"""


@contextlib.contextmanager
def opened_instance(
    folder: Path, database: Database, *, grouped: bool, **settings: Any
) -> Generator[dg.DagsterInstance]:
    """An instance with its ``dagster.yaml`` in ``folder`` and its events in ``database``."""
    written = {"telemetry": {"enabled": False}, **database.sections(grouped=grouped, **settings)}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "dagster.yaml").write_text(yaml.safe_dump(written))
    with dg.DagsterInstance.from_config(str(folder)) as instance:
        yield instance


def storage_of(instance: dg.DagsterInstance) -> GroupingStorage:
    """The instance's event log, which must be ours."""
    storage = instance.event_log_storage
    assert isinstance(storage, GroupingStorage)
    return storage


def picture(instance: dg.DagsterInstance) -> dict[str, Any]:
    """What the asset pages show of an instance, and the events of its runs, oldest run first."""
    origin = LoadableTargetOrigin(
        python_file=str(ROOT / "artifact_assets" / "definitions.py"), working_directory=str(ROOT)
    )
    with in_process_test_workspace(instance, origin) as context:

        def ask(query: str, **variables: Any) -> Any:
            # Dagster 1.13.27 forgets this context for the partitions of checks, and answers with an error without it.
            with partition_loading_context(dynamic_partitions_store=instance):
                answer = execute_dagster_graphql(context, query, variables)
            assert not answer.errors, answer.errors
            return answer.data

        runs = sorted(instance.get_run_records(), key=lambda record: record.storage_id)
        assets = ask(_PICTURE)["assetNodes"]
        for entry in (e for node in assets for told in node["assetMaterializations"] for e in told["metadataEntries"]):
            if entry["label"] == "stage_key":
                # Holds the time of the run.
                del entry["text"]
        return {
            "assets": assets,
            "runs": [
                [_named(event) for event in ask(_EVENTS, id=record.dagster_run.run_id)["logsForRun"]["events"]]
                for record in runs
            ],
        }


def _named(event: dict[str, Any]) -> dict[str, Any]:
    """An event without what differs from run to run: ids, process ids, durations."""
    message = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+(\.\d+)?m?s|\(pid: \d+\)|pid: \d+", "#", str(event.get("message")))
    evaluation: dict[str, Any] = event.get("evaluation") or {}
    named = evaluation.pop("targetMaterialization", None) is not None
    return {**event, "message": message, "names its materialization": named}
