"""A home for each test, its ledger copied instead of migrated."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def home(tmp_path: Path, sqlite_template: Path) -> Path:
    """An empty home with a ledger that was just created."""
    shutil.copy(sqlite_template, tmp_path / "ledger.db")
    return tmp_path
