"""A process of its own that delivers what a ledger holds to a far side in another process.

What belongs here: the loop, and dying at a given write point. What does not: what is asserted (see ``tests/crashes``).

Arguments as JSON: ``name``, ``url`` of the far side, ``ledger``, ``die_at`` (a write point, 0 for never), ``seconds``.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from artifact_assets.domain.policies import Backoff, DeliveryPolicy
from artifact_assets.domain.states import OPEN_INTENTS
from artifact_assets.stages.delivery import Delivery
from artifact_assets.stages.walk import lease_owner
from artifact_assets.wiring import is_gone
from resources.clock import SystemClock
from tests.crashes.test_delivery_points import DiesAtWritePoint
from tests.destinations.rig import Rig, rig_for

POLICY = DeliveryPolicy(
    send_timeout_seconds=1, lease_margin_seconds=1, backoff=Backoff(first_seconds=0.1, most_seconds=0.2, jitter=0)
)


class KilledAtWritePoint(DiesAtWritePoint):
    """Death is a signal to this very process: nothing of it gets to clean up."""

    def point(self, name: str) -> None:
        if name.rpartition(".")[2] in ("claim", "claim_lookup", "settle", "settle_field", "lapse", "send", "look_up"):
            self.points += 1
            if self.points == self.at:
                os.kill(os.getpid(), signal.SIGKILL)


async def deliver(rig: Rig, until: float) -> None:
    """Work off what is there until nothing is open."""
    owner = lease_owner("worker")
    while time.monotonic() < until:
        await Delivery(rig.equipment, owner).work_off(await rig.ledger.intents())
        if not any(row.state in OPEN_INTENTS for row in await rig.ledger.intents()):
            return
        await asyncio.sleep(0.1)


def main() -> None:
    """Deliver, or die."""
    told = json.loads(sys.argv[1])
    fake = cast("Any", SimpleNamespace(url=told["url"]))
    with (
        tempfile.TemporaryDirectory() as folder,
        rig_for(
            told["name"],
            Path(folder),
            SystemClock(),
            ledger_url=told["ledger"],
            policy=POLICY,
            fake=fake,
            is_gone=lambda owner: is_gone(owner, lambda _: False),
        ) as rig,
    ):
        if told["die_at"]:
            rig.equipment = KilledAtWritePoint(told["die_at"]).wrap(rig.equipment)
        asyncio.run(deliver(rig, time.monotonic() + told["seconds"]))


if __name__ == "__main__":
    main()
