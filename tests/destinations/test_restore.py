"""An older ledger put back is noticed, and nothing is sent before it was looked up.

What belongs here: the witness beside the ledger. What does not: the looking-up (see ``tests/contracts``).
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from artifact_assets.configuration.schema import Configuration
from artifact_assets.configuration.settings import Settings
from artifact_assets.stages.equipment import Equipment
from artifact_assets.wiring import open_equipment
from tests.clock import NOON
from tests.contracts.ledger_values import planned

TOLD = Configuration.model_validate(
    {"destinations": {"hook": {"vendor": "webhook", "secret": "HOOK", "base_url": "https://h.example"}}}
)


def look_first(home: Path, environ: Mapping[str, str], *, send: bool = False) -> list[bool]:
    """Open the deployment, send one write when asked to, and say which destinations look first."""

    async def use(equipment: Equipment) -> list[bool]:
        ledger = equipment.ledger
        await ledger.meet("hook", "webhook", "https://h.example", NOON)
        if send:
            await ledger.plan((planned(destination="hook"),), NOON)
            await ledger.claim("task-1", "run-1", 60, NOON)
        return [row.look_first for row in await ledger.destination_rows()]

    settings = Settings.from_environment({"ARTIFACTS_HOME": str(home), **environ})
    with open_equipment(settings, configuration=TOLD) as equipment:
        return asyncio.run(use(equipment))


def test_a_ledger_that_went_back_has_every_destination_look_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK", "secret")
    assert look_first(tmp_path, {}) == [False]
    backup = shutil.copy(tmp_path / "ledger.db", tmp_path / "backup.db")
    assert look_first(tmp_path, {}, send=True) == [False]
    assert look_first(tmp_path, {}) == [False]
    for part in ("ledger.db-wal", "ledger.db-shm"):
        (tmp_path / part).unlink(missing_ok=True)
    shutil.copy(backup, tmp_path / "ledger.db")
    assert look_first(tmp_path, {}) == [True]
    # It stays so until somebody counted.
    assert look_first(tmp_path, {}) == [True]
