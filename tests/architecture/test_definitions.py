"""What Dagster is given: the asset graph, loaded the way Dagster loads it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.architecture.tree import ROOT

LOAD = """
import json, sys
from dagster._core.code_pointer import load_python_file
module = load_python_file(sys.argv[1], sys.argv[2])
repository = module.defs.get_repository_def()
graph = repository.asset_graph
json.dump({
    "assets": {
        key.to_user_string(): {
            "deps": sorted(parent.to_user_string() for parent in graph.get(key).parent_keys),
            "group": graph.get(key).group_name,
            "owners": sorted(graph.get(key).owners),
            "partitions": getattr(graph.get(key).partitions_def, "name", None),
            "described": bool(graph.get(key).description),
            "kinds": bool(graph.get(key).kinds),
        }
        for key in graph.get_all_asset_keys()
    },
    "checks": {key.name: key.asset_key.to_user_string() for key in graph.asset_check_keys},
    "sensors": sorted(sensor.name for sensor in repository.sensor_defs),
    "schedules": {schedule.name: schedule.default_status.value for schedule in repository.schedule_defs},
    "jobs": sorted(job.name for job in repository.get_all_jobs()),
    "retries": [str(node.definition.retry_policy) for job in repository.get_all_jobs() for node in job.nodes],
}, sys.stdout)
"""
STAGES = ["transcript", "normalized", "extracted", "validated", "delivered"]
BESIDE: dict[str, list[str]] = {"reconciliation": ["delivered"], "replay_plan": [], "reliability": []}
PLACES = {
    "reconciliation": (None, "destinations"),
    "replay_plan": ("meeting", "replay"),
    "reliability": (None, "operations"),
}
"""Partitions and group of the assets beside the five; preparing a replay stands on none of them and touches none."""
"""Assets about destinations instead of meetings."""


def code_location() -> dict[str, str]:
    """What ``workspace.yaml`` points at."""
    (location,) = yaml.safe_load((ROOT / "workspace.yaml").read_text("utf-8"))["load_from"]
    return location["python_file"]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The code location, loaded in a fresh interpreter that knows nothing of this test run."""
    location = code_location()
    home = tmp_path_factory.mktemp("home")
    done = subprocess.run(
        [sys.executable, "-c", LOAD, location["relative_path"], location["working_directory"]],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "HOME": str(home), "ARTIFACTS_HOME": str(home / "artifacts")},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    assert list(home.iterdir()) == [], "loading the code location must open nothing"
    return json.loads(done.stdout)


def test_there_are_five_assets_of_meetings_each_on_the_one_before(loaded: dict[str, Any]) -> None:
    assert {name: asset["deps"] for name, asset in loaded["assets"].items()} == {
        name: STAGES[position - 1 : position] if position else [] for position, name in enumerate(STAGES)
    } | BESIDE


def test_every_asset_of_meetings_is_partitioned_by_meeting_and_every_asset_says_whose_it_is(
    loaded: dict[str, Any],
) -> None:
    for name, asset in loaded["assets"].items():
        expected = ("meeting", "meetings") if name in STAGES else PLACES[name]
        assert (asset["partitions"], asset["group"]) == expected
        assert asset["owners"] == ["team:meeting-artifacts"]
        assert asset["described"]
        assert asset["kinds"]


def test_there_are_four_checks_of_meetings_and_one_of_destinations(loaded: dict[str, Any]) -> None:
    assert loaded["checks"] == {
        "accurate": "validated",
        "relevant": "validated",
        "timely": "validated",
        "delivered_once": "delivered",
        "counts_agree": "reconciliation",
        "replays_change_nothing": "reliability",
        **dict.fromkeys(("meetings_get_through", "live_is_fresh", "writes_land", "answers_are_usable"), "reliability"),
    }


def test_there_are_the_sensors_the_schedule_and_the_jobs(loaded: dict[str, Any]) -> None:
    assert set(loaded["sensors"]) >= {"arrivals", "batches", "drain", "erasures", "writes"}
    assert set(loaded["jobs"]) >= {
        "process_meetings",
        "work_on_batches",
        "work_off_writes",
        "reconcile_destinations",
        "tend_working_set",
        "tend_privacy",
    }
    assert loaded["schedules"] == dict.fromkeys(
        (
            "digest_daily",
            "reconciliation_daily",
            "reliability_daily",
            "tend_privacy_nightly",
            "tend_working_set_nightly",
        ),
        "RUNNING",
    )


def test_dagster_retries_no_step_because_every_failure_has_another_owner(loaded: dict[str, Any]) -> None:
    assert set(loaded["retries"]) == {"None"}


@pytest.mark.parametrize("profile", sorted((ROOT / "deploy").rglob("dagster.yaml")), ids=lambda path: path.parent.name)
def test_a_profile_restarts_dead_runs_only_and_never_waits_for_ever(profile: Path) -> None:
    settings = yaml.safe_load(profile.read_text("utf-8"))
    assert settings["run_retries"]["retry_on_asset_or_op_failure"] is False
    assert settings["run_monitoring"]["enabled"] is True
    assert settings["run_monitoring"]["max_runtime_seconds"] > 0
    assert settings["telemetry"]["enabled"] is False


def test_a_wrong_configuration_does_not_make_the_code_location_unloadable(tmp_path: Path) -> None:
    config = tmp_path / "artifacts.yaml"
    config.write_text("no_such_key: 1\n")
    done = subprocess.run(
        [sys.executable, "-c", LOAD, code_location()["relative_path"], "."],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "ARTIFACTS_CONFIG": str(config)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
