"""Room for the meetings of a backfill: no more at once than an operator allows, also while it runs.

What belongs here: waiting for room. What does not: the number (see ``domain.backfills``) and the walk's own bound.
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

    @contextlib.asynccontextmanager
    async def place(self, backfill: str | None) -> AsyncGenerator[None]:
        """A place for one meeting; live ones never wait."""
        while backfill:
            most = (await self.backfills.pace(backfill)).at_once
            if most is None or self._inside < most:
                break
            await self.clock.sleep(POLL_SECONDS)
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1
