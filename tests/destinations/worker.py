"""A process of its own that delivers what a ledger holds to a far side in another process.

What belongs here: the loop, and dying at a given write point. What does not: what is asserted (see ``tests/crashes``).

Arguments as JSON: ``name``, ``url`` of the far side, ``ledger``, ``die_at`` (a write point, 0 for never), ``seconds``. With no
argument, one such JSON a line: each is worked on by a forked process, whose return code is the answer. Loading the program once
instead of for every death is what makes killing at every point affordable.
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
from resources.destinations import hubspot
from tests.crashes.test_delivery_points import WRITE_POINTS, DiesAtWritePoint
from tests.destinations.embedded import embedded
from tests.destinations.rig import Rig, rig_for

POLICY = DeliveryPolicy(
    send_timeout_seconds=1, lease_margin_seconds=1, backoff=Backoff(first_seconds=0.1, most_seconds=0.2, jitter=0)
)
OUT_OF_TIME = 3
SEARCH_LAG_SECONDS = 0.5
"""Real processes wait by a real clock; the far side's lag is shortened along with the promise about it."""


class KilledAtWritePoint(DiesAtWritePoint):
    """Death is a signal to this very process: nothing of it gets to clean up."""

    def point(self, name: str) -> None:
        if name.rpartition(".")[2] in WRITE_POINTS:
            self.points += 1
            if self.points == self.at:
                os.kill(os.getpid(), signal.SIGKILL)


async def deliver(rig: Rig, until: float) -> bool:
    """Work off what is there until nothing is open; False when the time was up before that."""
    owner = lease_owner("worker")
    while time.monotonic() < until:
        await Delivery(rig.equipment, owner).work_off(await rig.ledger.intents())
        if not any(row.state in OPEN_INTENTS for row in await rig.ledger.intents()):
            return True
        await asyncio.sleep(0.1)
    return False


def work(told: dict[str, Any]) -> int:
    """Deliver, or die. The return code: 0, or ``OUT_OF_TIME``."""
    hubspot.SEARCH_LAG_SECONDS = SEARCH_LAG_SECONDS
    fake = cast("Any", SimpleNamespace(url=told["url"]))
    with (
        tempfile.TemporaryDirectory() as folder,
        rig_for(
            told["name"],
            Path(folder),
            SystemClock(),
            case=embedded() if told["name"] == "records" else None,
            ledger_url=told["ledger"],
            policy=POLICY,
            fake=fake,
            is_gone=lambda owner: is_gone(owner, lambda _: False),
        ) as rig,
    ):
        if told["die_at"]:
            rig.equipment = KilledAtWritePoint(told["die_at"]).wrap(rig.equipment)
        done = asyncio.run(deliver(rig, time.monotonic() + told["seconds"]))
        return 0 if done else OUT_OF_TIME


def forked(told: dict[str, Any]) -> int:
    """The return code of a process of its own that does ``work``; negative for the signal that ended it."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = work(told)
        finally:
            # Not a normal exit: what the parent holds is the parent's to close.
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    """Work once, or for as long as somebody asks."""
    if len(sys.argv) > 1:
        sys.exit(work(json.loads(sys.argv[1])))
    for line in sys.stdin:
        print(forked(json.loads(line)), flush=True)


if __name__ == "__main__":
    main()
