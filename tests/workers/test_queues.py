"""Every run is in a queue of its own kind, and says so in a tag."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import cast

import dagster as dg
import pytest
import yaml
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin
from dagster._core.run_coordinator import SubmitRunContext
from dagster._core.storage.dagster_run import DagsterRunStatus
from dagster._daemon.controller import create_daemon_of_type  # pyright: ignore[reportUnknownVariableType] - untyped
from dagster._daemon.run_coordinator.queued_run_coordinator_daemon import QueuedRunCoordinatorDaemon

from artifact_assets.lanes import LANE, UPKEEP_LANE
from artifact_assets.workers.coordinator import TwoQueueCoordinator
from artifact_assets.workers.queues import QUEUE_TAG, queue_of
from tests.architecture.tree import ROOT


@pytest.fixture
def instance(tmp_path: Path) -> Generator[dg.DagsterInstance]:
    coordinator = {"module": "artifact_assets.workers.coordinator", "class": "TwoQueueCoordinator"}
    with dg.DagsterInstance.local_temp(str(tmp_path), overrides={"run_coordinator": coordinator}) as made:
        yield made


@pytest.mark.parametrize(
    ("tags", "queue"),
    [
        ({}, "live"),
        ({"artifacts/source": "live"}, "live"),
        ({"dagster/priority": "10"}, "live"),
        ({"dagster/priority": "-5"}, "backfill"),
        ({"dagster/backfill": "abc"}, "backfill"),
        ({"dagster/backfill": "abc", QUEUE_TAG: "live"}, "live"),
        ({QUEUE_TAG: "backfill"}, "backfill"),
    ],
)
def test_a_run_is_queued_under_the_tag_of_its_queue(
    instance: dg.DagsterInstance, tags: dict[str, str], queue: str
) -> None:
    assert queue_of(tags) == queue
    location = RegisteredCodeLocationOrigin("meeting_artifacts")
    origin = RemoteJobOrigin(RemoteRepositoryOrigin(location, "__repository__"), "_job")
    run = instance.create_run_for_job(_job, tags=tags, remote_job_origin=origin)
    coordinator = instance.run_coordinator
    assert isinstance(coordinator, TwoQueueCoordinator)
    queued = coordinator.submit_run(SubmitRunContext(run, workspace=None))  # type: ignore[arg-type]
    assert queued.status is DagsterRunStatus.QUEUED
    stored = instance.get_run_by_id(run.run_id)
    assert stored is not None
    assert stored.tags[QUEUE_TAG] == queue


def test_upkeep_never_takes_the_last_slot_of_live_meetings_in_any_profile() -> None:
    profiles = [yaml.safe_load((ROOT / f"deploy/{name}/dagster.yaml").read_text()) for name in ("local", "production")]
    values = yaml.safe_load((ROOT / "deploy/production/kubernetes/values.yaml").read_text())
    for limits in (
        profiles[0]["run_coordinator"]["config"]["tag_concurrency_limits"],
        profiles[1]["concurrency"]["runs"]["tag_concurrency_limits"],
        values["dagsterDaemon"]["runCoordinator"]["config"]["queuedRunCoordinator"]["tagConcurrencyLimits"],
    ):
        assert {"key": LANE, "value": UPKEEP_LANE, "limit": 1} in limits


def test_the_shipped_limits_add_up_and_name_both_queues() -> None:
    profile = yaml.safe_load((ROOT / "deploy/production/dagster.yaml").read_text())
    runs = profile["concurrency"]["runs"]
    limits = {limit["value"]: limit["limit"] for limit in runs["tag_concurrency_limits"] if limit["key"] == QUEUE_TAG}
    assert set(limits) == {"live", "backfill"}
    assert sum(limits.values()) == runs["max_concurrent_runs"]
    start = (ROOT / "deploy/production/start").read_text()
    for queue, limit in limits.items():
        assert f"${{ARTIFACTS_{queue.upper()}_SLOTS:-{limit}}}" in start, "as many slots as may run at once"


@dg.job
def _job() -> None:
    pass


@pytest.mark.parametrize("profile", ["local", "production"])
def test_the_daemon_looks_through_the_queue_twice_in_each_interval(tmp_path: Path, profile: str) -> None:
    shipped = yaml.safe_load((ROOT / "deploy" / profile / "dagster.yaml").read_text())
    section = {"run_coordinator": shipped["run_coordinator"]}
    with dg.DagsterInstance.local_temp(str(tmp_path), overrides=section) as instance:
        daemon = cast("object", create_daemon_of_type(QueuedRunCoordinatorDaemon.daemon_type(), instance))
        assert vars(daemon)["interval_seconds"] == 0.5
