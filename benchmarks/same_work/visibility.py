"""What Dagster's user interface shows of the same work: five assets and four checks of every meeting.

What belongs here: asking GraphQL. What does not: any shortcut past it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.definitions.partitions.context import partition_loading_context
from dagster._core.test_utils import in_process_test_workspace
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster_graphql.test.utils import execute_dagster_graphql

from artifact_assets.domain.states import STAGES

ROOT = Path(__file__).resolve().parents[2]
_QUERY = """{ assetNodes { assetKey { path } partitionStats { numMaterialized numFailed }
  assetChecksOrError { ... on AssetChecks { checks { name
    partitionStatuses { ... on AssetCheckDefaultPartitionStatuses { succeededPartitions failedPartitions } } } } } } }"""


def shown(instance: dg.DagsterInstance) -> Mapping[str, int]:
    """Materialized partitions by asset of a meeting, and succeeded ones by check."""
    origin = LoadableTargetOrigin(
        python_file=str(ROOT / "artifact_assets" / "definitions.py"), working_directory=str(ROOT)
    )
    # Dagster 1.13.27 forgets the second context for the partitions of checks.
    with in_process_test_workspace(instance, origin) as context, partition_loading_context(None, instance):
        answer = execute_dagster_graphql(context, _QUERY)
    found: dict[str, int] = {}
    nodes: list[dict[str, Any]] = answer.data["assetNodes"]
    for node in nodes:
        if node["assetKey"]["path"][0] not in {stage.value for stage in STAGES}:
            continue
        found[node["assetKey"]["path"][0]] = node["partitionStats"]["numMaterialized"]
        for check in node["assetChecksOrError"].get("checks", ()):
            found[check["name"]] = len(check["partitionStatuses"]["succeededPartitions"])
    return found
