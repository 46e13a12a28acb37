"""A pause reaches every process within five seconds, and outlives them.

What belongs here: processes of their own, asked to stop by another. What does not: a pause within one process.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from artifact_assets.domain.exchange import SwitchState
from artifact_assets.domain.states import IntentState
from artifact_assets.stages.resolving import switch
from resources.clock import SystemClock
from tests.crashes.test_delivery_processes import started, told
from tests.destinations.rig import rig_for

pytestmark = pytest.mark.slow
WITHIN_SECONDS = 5


def test_nothing_is_sent_five_seconds_after_another_process_paused_it_nor_by_one_started_later(
    tmp_path: Path, ledger_url: str
) -> None:
    with rig_for("pipedrive", tmp_path, SystemClock(), ledger_url=ledger_url) as rig:

        async def plan() -> None:
            for number in range(400):
                await rig.plan("add_note", item=f"note-{number}")

        asyncio.run(plan())
        rig.fake.delay_seconds = 0.05
        with started(told(rig, "pipedrive", ledger_url)) as sender:
            deadline = time.monotonic() + 60
            while rig.fake.calls["write"] < 5 and time.monotonic() < deadline:
                time.sleep(0.02)
            asyncio.run(switch(rig.equipment, "crm", SwitchState.PAUSED, "Ann", "maintenance"))
            time.sleep(WITHIN_SECONDS)
            sent = rig.fake.calls["write"]
            time.sleep(2)
            assert 5 <= sent < 400, "it was under way, and had not finished by itself"
            assert rig.fake.calls["write"] == sent
            sender.kill()
        with started(told(rig, "pipedrive", ledger_url)) as later:
            time.sleep(WITHIN_SECONDS)
            assert rig.fake.calls["write"] == sent
            later.kill()
        states = {row.state for row in asyncio.run(rig.ledger.intents())}
        assert states <= {IntentState.CONFIRMED, IntentState.PARKED, IntentState.PLANNED, IntentState.SENDING}
