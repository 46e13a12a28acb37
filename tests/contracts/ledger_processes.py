"""What other processes do to a ledger while a test watches.

What belongs here: the bodies of those processes. What does not: expectations.
"""

from __future__ import annotations

import asyncio
import os
from multiprocessing.synchronize import Event

from resources.clock import SystemClock
from resources.ledger.ledger import SqlLedger, open_ledger
from tests.contracts.ledger_values import held, stage_commit

TENANT = "acme"


def opened(url: str) -> SqlLedger:
    """The ledger, as another process opens it."""
    return open_ledger(url, tenant=TENANT, clock=SystemClock())


def create(url: str, go: Event) -> None:
    """Open a ledger that may not be there yet."""
    assert go.wait(30)
    opened(url).close()


def die_between_commit_and_event(url: str) -> None:
    """Commit a stage and stop before its event is told."""
    ledger = opened(url)

    async def main() -> None:
        await held(ledger)
        await ledger.commit(stage_commit(), after=lambda: os._exit(9))
        await ledger.flush()

    asyncio.run(main())


def write(url: str, me: str) -> None:
    """Commit many stages, some at once and some one after the other."""

    async def one(number: int) -> None:
        await held(ledger, f"{me}-{number}", owner=me)
        await ledger.commit(stage_commit(f"{me}-{number}", owner=me))

    async def main() -> None:
        await asyncio.gather(*(one(number) for number in range(20)))
        for number in range(20, 40):
            await one(number)

    with opened(url) as ledger:
        asyncio.run(main())


def hold_insertion_lock(url: str, held_now: Event, give_back: Event, given_back: Event) -> None:
    """Hold the lock until told to give it back."""
    with opened(url) as ledger, ledger.insertion_lock():
        held_now.set()
        assert give_back.wait(30)
        given_back.set()


def die_with_insertion_lock(url: str) -> None:
    """Stop while holding the lock."""
    ledger = opened(url)
    with ledger.insertion_lock():
        os._exit(9)
