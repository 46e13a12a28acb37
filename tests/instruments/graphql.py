"""What the web UI asks the web server, asked by a test.

What belongs here: the few queries and mutations the tests need. What does not: what their answers should be.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from artifact_assets.domain.states import STAGES
from tests.instruments.processes import until

REPOSITORY = {"repositoryName": "__repository__", "repositoryLocationName": "meeting_artifacts"}
FINISHED = {"SUCCESS", "FAILURE", "CANCELED"}


class RefusedError(Exception):
    """The web server answered with an error; its text is what a user sees."""


@dataclass
class GraphQL:
    """A client of one web server."""

    url: str

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of a query. Raises RefusedError with the server's words."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(f"{self.url}/graphql", body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                loaded: dict[str, Any] = json.load(answer)
        except urllib.error.HTTPError as error:
            raise RefusedError(f"HTTP {error.code}: {error.read()[:500]!r}") from error
        if loaded.get("errors"):
            raise RefusedError(str(loaded["errors"])[:500])
        data: dict[str, Any] = loaded["data"]
        return data

    def loaded(self) -> bool:
        """Whether the web server answers and knows the five assets."""
        try:
            nodes = self.ask("{assetNodes{assetKey{path}}}")["assetNodes"]
        except (RefusedError, OSError):
            return False
        return {"/".join(node["assetKey"]["path"]) for node in nodes} >= {stage.value for stage in STAGES}

    def reads_runs(self) -> bool:
        """Whether the web server reaches its database for runs and for events."""
        try:
            told = self.ask(
                "{ runsOrError(limit: 1) { __typename } assetNodes { partitionStats { numMaterialized } } "
                "partitionBackfillsOrError(limit: 1) { __typename } instance { daemonHealth { id } } }"
            )
        except (RefusedError, OSError):
            return False
        return (told["runsOrError"]["__typename"], told["partitionBackfillsOrError"]["__typename"]) == (
            "Runs",
            "PartitionBackfills",
        )

    def launch_backfill(self, keys: Sequence[str], tags: dict[str, str] | None = None) -> str:
        """Backfill all five assets over ``keys``; the backfill's id."""
        answer = self.ask(
            """mutation($p: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $p) { __typename
            ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }""",
            p={
                "partitionNames": list(keys),
                "assetSelection": [{"path": [stage.value]} for stage in STAGES],
                "tags": [{"key": key, "value": value} for key, value in (tags or {}).items()],
            },
        )["launchPartitionBackfill"]
        return str(_succeeded(answer, "LaunchBackfillSuccess")["backfillId"])

    def backfill(self, backfill_id: str) -> dict[str, Any]:
        """Status and runs of a backfill."""
        found: dict[str, Any] = self.ask(
            """query($id: String!) { partitionBackfillOrError(backfillId: $id) { __typename
            ... on PartitionBackfill { status numPartitions runs { runId status } } } }""",
            id=backfill_id,
        )["partitionBackfillOrError"]
        return found

    def wait_for_backfill(self, backfill_id: str, seconds: float = 240) -> str:
        """The backfill's status once it is over."""
        over = {"COMPLETED", "COMPLETED_SUCCESS", "COMPLETED_FAILED", "FAILED", "CANCELED"}
        until(lambda: self.backfill(backfill_id)["status"] in over, "the backfill to end", seconds)
        return str(self.backfill(backfill_id)["status"])

    def launch(self, key: str, assets: Sequence[str], checks: Sequence[tuple[str, str]] | None = None) -> str:
        """Materialize ``assets`` for one partition; ``checks`` are (asset, name), None for all of the assets'."""
        asked = launch_of(key, assets, checks)
        answer = self.ask(asked["query"], **asked["variables"])["launchPipelineExecution"]
        return str(_succeeded(answer, "LaunchRunSuccess")["run"]["runId"])

    def reexecute(self, run_id: str, strategy: str) -> str:
        """Re-execute a run as the UI's button does: FROM_FAILURE, FROM_ASSET_FAILURE or ALL_STEPS."""
        answer = self.ask(
            """mutation($p: ReexecutionParams!) { launchPipelineReexecution(reexecutionParams: $p) { __typename
            ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }""",
            p={"parentRunId": run_id, "strategy": strategy, "useParentRunTags": True},
        )["launchPipelineReexecution"]
        return str(_succeeded(answer, "LaunchRunSuccess")["run"]["runId"])

    def run(self, run_id: str) -> dict[str, Any]:
        """Status and tags of a run."""
        found: dict[str, Any] = self.ask(
            "query($id: ID!) { runOrError(runId: $id) { ... on Run { status tags { key value } } } }", id=run_id
        )["runOrError"]
        return found

    def wait_for_run(self, run_id: str, seconds: float = 180) -> str:
        """The run's status once it is over."""
        until(lambda: self.run(run_id).get("status") in FINISHED, "the run to end", seconds)
        return str(self.run(run_id)["status"])

    def failure_of(self, run_id: str) -> str:
        """What the run's first screen says about its failure."""
        events = self.ask(
            """query($id: ID!) { logsForRun(runId: $id) { ... on EventConnection { events { __typename
            ... on ExecutionStepFailureEvent { error { message } failureMetadata { description } } } } } }""",
            id=run_id,
        )["logsForRun"]["events"]
        failures = [event for event in events if event["__typename"] == "ExecutionStepFailureEvent"]
        return "\n".join(f"{f['error'] and f['error']['message']} {f['failureMetadata']}" for f in failures)

    def partitions(self) -> dict[str, tuple[int, int]]:
        """Materialized and failed partitions by stage, as the graph shows them."""
        nodes = self.ask("{assetNodes{assetKey{path} partitionStats{numMaterialized numFailed numPartitions}}}")[
            "assetNodes"
        ]
        return {
            node["assetKey"]["path"][0]: (
                node["partitionStats"]["numMaterialized"],
                node["partitionStats"]["numFailed"],
            )
            for node in nodes
            if node["assetKey"]["path"][0] in set(STAGES)
        }


def launch_of(key: str, assets: Sequence[str], checks: Sequence[tuple[str, str]] | None = None) -> dict[str, Any]:
    """What ``launch`` asks, as the body of a request."""
    query = """mutation($p: ExecutionParams!) { launchPipelineExecution(executionParams: $p) { __typename
        ... on LaunchRunSuccess { run { runId } } ... on PythonError { message }
        ... on RunConfigValidationInvalid { errors { message } } } }"""
    selector = {
        **REPOSITORY,
        "jobName": "__ASSET_JOB",
        "assetSelection": [{"path": [asset]} for asset in assets],
        "assetCheckSelection": None
        if checks is None
        else [{"assetKey": {"path": [asset]}, "name": name} for asset, name in checks],
    }
    metadata = {"tags": [{"key": "dagster/partition", "value": key}]}
    parameters = {"selector": selector, "runConfigData": {}, "executionMetadata": metadata}
    return {"query": query, "variables": {"p": parameters}}


def _succeeded(answer: dict[str, Any], wanted: str) -> dict[str, Any]:
    if answer["__typename"] != wanted:
        raise RefusedError(str(answer)[:500])
    return answer
