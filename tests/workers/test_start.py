"""The start command refuses with one sentence what could not work."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

GOOD = {
    "DAGSTER_POSTGRES_URL": "postgresql+psycopg2://u:p@db/dagster",
    "ARTIFACTS_BROKER_URL": "redis://broker/0",
    "ARTIFACTS_DATABASE_URL": "postgresql://u:p@db/artifacts",
}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"ARTIFACTS_BROKER_URL": ""}, "ARTIFACTS_BROKER_URL is not set"),
        ({"DAGSTER_POSTGRES_URL": "postgresql://u:p@db/dagster"}, "must begin with postgresql+psycopg2://"),
        ({"DAGSTER_HOME": "/nowhere"}, "/nowhere/dagster.yaml is missing"),
        ({}, "usage: start code|daemon|web|viewer|live|backfill"),
    ],
)
def test_what_could_not_work_is_refused(tmp_path: Path, changed: dict[str, str], told: str) -> None:
    (tmp_path / "dagster.yaml").touch()
    environment = {"PATH": "/usr/bin:/bin", "DAGSTER_HOME": str(tmp_path), **GOOD, **changed}
    done = subprocess.run(
        [str(ROOT / "deploy/production/start")], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1
