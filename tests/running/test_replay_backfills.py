"""A replay beside a running daemon, and the web UI's word against ``trace``: real processes, asked through GraphQL."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Generator
from typing import Any

import pytest

from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.replay import EntryState
from artifact_assets.domain.states import STAGES
from artifact_assets.wiring import open_equipment
from tests.instruments.deployment import ROOT, Deployment, answered, running
from tests.instruments.processes import until
from tests.running.talks import write_meetings

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("replays")]
NAMES = [f"r{number:02d}" for number in range(12)]
BAD = "r11"
WANTED = ["r01", "r04", "r07"]
ALL = tuple(stage.value for stage in STAGES)
MATERIALIZATIONS = """query($a: AssetKeyInput!, $p: [String!]) { assetOrError(assetKey: $a) { ... on Asset {
  assetMaterializations(partitions: $p, limit: 1) { runId metadataEntries { label
    ... on FloatMetadataEntry { floatValue } ... on IntMetadataEntry { intValue }
    ... on BoolMetadataEntry { boolValue } ... on TextMetadataEntry { text } ... on PathMetadataEntry { path } } } } } }"""
CHECKS = """query($a: AssetKeyInput!, $c: String!) {
  assetCheckExecutions(assetKey: $a, checkName: $c, limit: 100) { runId evaluation { partition success } } }"""


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Generator[Deployment]:
    """Twelve meetings gone through in one backfill, one of them empty."""
    home = tmp_path_factory.mktemp("deployment")
    (home / "artifacts.yaml").write_text("{}\n")
    with running(home) as started:
        keys = started.receive(write_meetings(home, NAMES, empty={BAD}))
        started.graphql.wait_for_backfill(started.graphql.launch_backfill(keys))
        yield started


def command(deployment: Deployment, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of the operator beside the running processes."""
    return subprocess.run(
        [sys.executable, "-m", "artifact_assets", *arguments],
        cwd=ROOT,
        env={**deployment.environment, "ARTIFACTS_TRACEBACK": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=240,
        check=False,
    )


def told(deployment: Deployment, *arguments: str) -> Any:
    done = command(deployment, *arguments, "--json")
    assert done.returncode in (0, 1), done.stderr
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def shown(deployment: Deployment, asset: str, meeting: str) -> dict[str, Any]:
    """Run and metadata of the newest materialization, as the UI shows them."""
    found = deployment.graphql.ask(MATERIALIZATIONS, a={"path": [asset]}, p=[meeting])["assetOrError"]
    (newest,) = found["assetMaterializations"]
    return {
        "runId": newest["runId"],
        **{e.pop("label"): next(iter(e.values()), None) for e in newest["metadataEntries"]},
    }


def test_trace_and_the_web_ui_tell_the_same_of_a_meeting(deployment: Deployment) -> None:
    traced = told(deployment, "trace", "r00")
    stages = {entry["stage"]: entry for entry in traced["history"] if "stage" in entry}
    assert tuple(stages) == ALL
    for name, entry in stages.items():
        seen = shown(deployment, name, "r00")
        assert seen["runId"] == entry["run_id"]
        assert seen["duration_seconds"] == entry["duration_seconds"]
        assert seen["stage_key"] == entry["key"][:12]
        for label, value in entry["metadata"].items():
            if value is not None:
                assert seen[label] == value, label
        for check, passed in entry["checks"].items():
            executions = deployment.graphql.ask(CHECKS, a={"path": [name]}, c=check)["assetCheckExecutions"]
            mine = [e for e in executions if e["evaluation"] and e["evaluation"]["partition"] == "r00"]
            assert [(e["runId"], e["evaluation"]["success"]) for e in mine] == [(entry["run_id"], passed)], check
    writes = [entry for entry in traced["history"] if entry["what"].startswith("write ")]
    delivered = stages["delivered"]["metadata"]
    assert len(writes) == delivered["attempts"] == delivered["confirmed"]


def test_the_failed_runs_first_screen_and_trace_name_the_same_cause_and_remedy(deployment: Deployment) -> None:
    traced = told(deployment, "trace", BAD)
    (failed,) = [e for e in traced["history"] if e.get("failure_class")]
    assert failed["failure_class"] == FailureClass.EMPTY_TRANSCRIPT
    screen = deployment.graphql.failure_of(failed["run_id"])
    assert failed["cause"] in screen
    assert failed["remedy"] in screen
    assert deployment.graphql.run(failed["run_id"])["status"] == "FAILURE"


def test_a_replay_of_scattered_meetings_is_a_backfill_of_one_bridged_run_per_phase(deployment: Deployment) -> None:
    (deployment.home / "artifacts.yaml").write_text("tags: [{name: pricing, phrases: [revised quote]}]\n")
    before = deployment.written()
    prepared = told(deployment, "replay", *WANTED, "--prepare", "--why", "the taxonomy has pricing now")
    plan = prepared["plan_id"]
    assert {m["state"] for m in prepared["meetings"]} == {"prepared"}
    assert {m["changes"]["create"] for m in prepared["meetings"]} == {1}
    seen = shown(deployment, "replay_plan", "r04")
    assert (seen["plan"], seen["state"], seen["records_create"], seen["of"]) == (plan, "prepared", 1, 3)
    assert shown(deployment, "replay_plan", "r02")["in_plan"] is False
    assert tagged(deployment) == set()

    for why in ("read it", "a second time, with nothing left to do"):
        applied = command(deployment, "replay", "--apply", plan, "--why", why)
        assert applied.returncode == 0, applied.stderr
    assert deployment.written() == before
    assert tagged(deployment) == {"pricing"}
    assert len([w for w in told(deployment, "deliveries") if w["operation"] == "add_tag"]) == len(WANTED)
    assert deployment.graphql.partitions() == {"transcript": (12, 0), **dict.fromkeys(ALL[1:], (11, 1))}
    runs = {phase: runs_of(deployment, plan, phase) for phase in ("prepare", "apply")}
    assert {phase: len(found) for phase, found in runs.items()} == {"prepare": 1, "apply": 1}
    for found in runs.values():
        tags = {tag["key"]: tag["value"] for tag in found[0]["tags"]}
        assert tags["dagster/backfill"]
        assert tags["dagster/priority"] == "-10"
        assert (tags["dagster/asset_partition_range_start"], tags["dagster/asset_partition_range_end"]) == (
            "r01",
            "r07",
        )


def test_a_cancelled_preparation_keeps_what_is_finished_and_goes_on(deployment: Deployment) -> None:
    """Cancelled as the button in the UI does it, while the daemon still has the runs to come."""
    (deployment.home / "artifacts.yaml").write_text("tags: [{name: money, phrases: [revised quote]}]\n")
    earlier = plans_of(deployment)
    asked = subprocess.Popen(
        [sys.executable, "-m", "artifact_assets", "replay", *NAMES[:-1], "--prepare"],
        cwd=ROOT,
        env=deployment.environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        encoding="utf-8",
    )
    try:
        assert asked.stderr is not None
        backfill = asked.stderr.readline().split()[1]
        answer = deployment.graphql.ask(
            "mutation($id: String!) { cancelPartitionBackfill(backfillId: $id) { __typename } }", id=backfill
        )
        assert answer["cancelPartitionBackfill"]["__typename"] == "CancelBackfillSuccess"
        asked.wait(120)
    finally:
        asked.kill()
        asked.wait()
        if asked.stderr is not None:
            asked.stderr.close()
    assert deployment.graphql.wait_for_backfill(backfill) in {"CANCELED", "COMPLETED_SUCCESS", "COMPLETED"}
    # The clock of the deployment stands still, so no order of the plans tells which is the last.
    (plan,) = plans_of(deployment) - earlier
    until(lambda: not unfinished_runs(deployment, plan), "the plan's runs to end", 60)
    for _ in ("what was left", "nothing"):
        went_on = told(deployment, "replay", "--prepare", "--plan", plan)
        assert {m["state"] for m in went_on["meetings"]} == {EntryState.PREPARED}


def plans_of(deployment: Deployment) -> set[str]:
    """The plans there are."""
    return {plan["plan_id"] for plan in told(deployment, "replay", "--plans")}


def tagged(deployment: Deployment) -> set[str]:
    """Tags at the far side."""
    with open_equipment(deployment.settings()) as equipment:
        records: Any = equipment.destinations["records"]
        return {tag for record in answered(records.list_records("deal")) for tag in record.tags}


def runs_of(deployment: Deployment, plan: str, phase: str) -> list[dict[str, Any]]:
    """Runs of a phase, found by their tags as in the UI's search."""
    wanted = [{"key": "artifacts/replay", "value": plan}, {"key": "artifacts/replay-phase", "value": phase}]
    found: list[dict[str, Any]] = deployment.graphql.ask(
        """query($t: [ExecutionTag!]) { runsOrError(filter: {tags: $t}) {
          ... on Runs { results { status tags { key value } } } } }""",
        t=wanted,
    )["runsOrError"]["results"]
    return found


def unfinished_runs(deployment: Deployment, plan: str) -> list[dict[str, Any]]:
    """Runs of a plan's preparation that are not over."""
    over = {"SUCCESS", "FAILURE", "CANCELED"}
    return [run for run in runs_of(deployment, plan, "prepare") if run["status"] not in over]
