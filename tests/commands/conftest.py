"""What tests of the command line share: a shell in a temporary home, and a home with one delivered meeting."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.commands.shell import Shell, write_meeting


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Commands in an empty home."""
    return Shell(tmp_path / "home", capsys)


@pytest.fixture(scope="session")
def processed_home() -> dict[str, Path]:
    """Where the home that ``delivered`` copies lies, once made."""
    return {}


@pytest.fixture
def delivered(shell: Shell, processed_home: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """Commands in a home in which the meeting ``acme`` is delivered."""
    if not processed_home:
        kept = tmp_path_factory.mktemp("processed")
        made = Shell(kept / "home", shell.capture)
        done = made("process", write_meeting(kept))
        assert done.code == 0, done
        processed_home["home"] = made.home
    shutil.copytree(processed_home["home"], shell.home)
    return shell
