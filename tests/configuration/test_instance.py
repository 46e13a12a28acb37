"""Dagster's home: made when it is new, and used as it is where nobody can write."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from artifact_assets.configuration.settings import Settings
from artifact_assets.domain.failures import PipelineError
from artifact_assets.instance import open_instance

UNWRITABLE = Path("/sys/kernel/nobody-can-make-this")
"""Nobody can make a file there, root included: the lock points there, as if its folder were read-only."""

pytestmark = pytest.mark.skipif(not UNWRITABLE.parent.is_dir(), reason="this machine has no sysfs")


def test_a_home_that_is_complete_and_read_only_is_opened_as_in_a_container(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, storage = tmp_path / "dagster", tmp_path / "storage"
    home.mkdir()
    storage.mkdir()
    (home / ".opening.lock").symlink_to(UNWRITABLE)
    told = {"storage": {"sqlite": {"base_dir": str(storage)}}, "telemetry": {"enabled": False}}
    (home / "dagster.yaml").write_text(yaml.safe_dump(told))
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    with open_instance(Settings.from_environment({"DAGSTER_HOME": str(home)})) as instance:
        assert instance.get_runs_count() == 0
    assert sorted(path.name for path in home.iterdir()) == [".opening.lock", "dagster.yaml"]


def test_a_new_home_that_is_read_only_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".opening.lock").symlink_to(UNWRITABLE)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    with pytest.raises(PipelineError, match="cannot be written"):
        open_instance(Settings.from_environment({"DAGSTER_HOME": str(tmp_path)}))
