"""Rooms are ours, imports go one way, and heavy libraries wait until they are needed."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys

import pytest
from importlinter.application import use_cases
from importlinter.configuration import configure

from tests.architecture.tree import ROOMS, ROOT


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_ours_and_no_package_of_the_same_name(room: str) -> None:
    found = importlib.util.find_spec(room)
    assert found is not None
    assert found.origin == str(ROOT / room / "__init__.py")


def test_the_import_laws_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    configure()
    kept = use_cases.lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None, no_logo=True)
    assert kept, capsys.readouterr().out


@pytest.mark.parametrize(
    ("module", "banned"),
    [
        ("artifact_assets.domain.ports", {"dagster", "sqlalchemy", "openai", "fsspec", "yaml", "click"}),
        ("artifact_assets.stages.walk", {"dagster", "sqlalchemy", "openai", "resources"}),
        ("artifact_assets.commands.main", {"dagster", "sqlalchemy", "openai", "polars", "pandera"}),
        ("artifact_assets.definitions", {"polars", "pandera", "matplotlib"}),
        ("resources.ledger.ledger", {"dagster", "openai", "alembic"}),
    ],
)
def test_importing_a_module_does_not_bring_what_it_must_not_know(module: str, banned: set[str]) -> None:
    code = f"import json, sys, {module}; json.dump(sorted(sys.modules), sys.stdout)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert banned & set(json.loads(done.stdout)) == set()
