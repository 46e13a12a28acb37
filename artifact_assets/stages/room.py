"""Room for the meetings of a backfill: no more at once than an operator allows, also while it runs.

What belongs here: waiting for room in this walk. What does not: the number (see ``domain.backfills``), the walk's own bound,
and room beside other walks of the same backfill, which the ledger gives with the lease (``Ledger.begin``).
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from artifact_assets.domain.backfill_ports import Backfills
from artifact_assets.domain.ports import Clock

POLL_SECONDS = 0.5
"""A place that is free is taken within this; extractions take seconds."""


@dataclass
class Room:
    """Places in one walk. A number that is lowered while it runs holds for those who come next."""

    backfills: Backfills
    clock: Clock
    _inside: int = 0

    async def most(self, backfill: str | None) -> int | None:
        """How many meetings of the backfill may be under way at once, over all walks; None is any number."""
        return (await self.backfills.pace(backfill)).at_once if backfill else None

    @contextlib.asynccontextmanager
    async def place(self, backfill: str | None) -> AsyncGenerator[None]:
        """A place for one meeting; live ones never wait."""
        while (most := await self.most(backfill)) is not None and self._inside >= most:
            await self.clock.sleep(POLL_SECONDS)
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1
