"""What the tests of this room share: the told ledger, on both databases."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Generator
from datetime import date
from pathlib import Path

import pytest

from artifact_assets.domain.ledger_columns import Days
from artifact_assets.reliability.drawing import drawn
from artifact_assets.reliability.facts import Facts
from resources.ledger.ledger import SqlLedger, open_ledger
from tests.clock import ScriptedClock
from tests.conftest import TENANT
from tests.reliability.ledger_story import Story, tell

TUESDAY = date(2026, 11, 17)
THREE_WEEKS = Days(TUESDAY, date(2026, 12, 10))


@pytest.fixture
def story(ledger: SqlLedger, ledger_url: str) -> Generator[Story]:
    """The told ledger, on each database."""
    told = Story(ledger_url)
    tell(told)
    yield told
    told.engine.dispose()


@pytest.fixture(scope="session")
def told_ledger(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The told ledger, once for the session; for reading only."""
    file = Path(shutil.copy(sqlite_template, tmp_path_factory.mktemp("told") / "ledger.db"))
    told = Story(f"sqlite:///{file}")
    tell(told)
    told.engine.dispose()
    return file


@pytest.fixture(scope="session")
def facts(told_ledger: Path) -> Facts:
    """Facts drawn from it, over the three weeks that it speaks of."""
    with open_ledger(f"sqlite:///{told_ledger}", tenant=TENANT, clock=ScriptedClock()) as ledger:
        return asyncio.run(drawn(ledger.columns(), THREE_WEEKS))
