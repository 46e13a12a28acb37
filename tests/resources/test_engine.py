"""Several ledgers of one process on one SQLite file, as the ticks of sensors open them beside each other."""

from __future__ import annotations

import asyncio
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from artifact_assets.domain.failures import PipelineError
from resources.clock import SystemClock
from resources.database.engine import make_private
from resources.ledger.ledger import SqlLedger, open_ledger
from tests.conftest import TENANT
from tests.contracts.ledger_values import arrival

ROOT = Path(__file__).resolve().parents[2]
ANOTHER_PROCESS = """
import asyncio, sys
from tests.contracts.ledger_values import arrival
from tests.resources.test_engine import opened
from resources.clock import SystemClock
with opened(sys.argv[1]) as ledger:
    asyncio.run(ledger.receive(arrival(sys.argv[2]), SystemClock().now()))
"""


def opened(url: str) -> SqlLedger:
    return open_ledger(url, tenant=TENANT, clock=SystemClock())


def ids(ledger: SqlLedger) -> set[str]:
    return {meeting.meeting_id for meeting in asyncio.run(ledger.meetings())}


def another_process_receives(url: str, meeting_id: str) -> None:
    """It comes, writes and leaves, as a run worker does; the last one to leave removes SQLite's log."""
    subprocess.run([sys.executable, "-c", ANOTHER_PROCESS, url, meeting_id], cwd=ROOT, check=True)


def test_opening_a_ledger_again_takes_no_lock_from_one_that_is_open(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    with opened(url) as first:
        asyncio.run(first.receive(arrival("a"), SystemClock().now()))
        opened(url).close()
        another_process_receives(url, "b")
        assert ids(first) == {"a", "b"}, "the first one reads a log that was removed"
        asyncio.run(first.receive(arrival("c"), SystemClock().now()))
        another_process_receives(url, "d")
    with opened(url) as later:
        assert ids(later) == {"a", "b", "c", "d"}, "what the first one wrote is lost"


def test_a_database_file_is_its_owners_only_and_one_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "home" / "ledger.db"
    make_private(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["ledger.db"]
    make_private(file)
    (tmp_path / "no-folder").touch()
    with pytest.raises(PipelineError):
        make_private(tmp_path / "no-folder" / "ledger.db")
