"""What the ledger knows about backfills, the same for all processes.

What belongs here: the protocol, and the stand-in where there are none. What does not: the values (see ``backfills``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from artifact_assets.domain.backfills import Backfill, Pace, Progress


class Backfills(Protocol):
    """Switches, paces and progress. ``name`` is Dagster's id of a backfill, or ``backfills.ALL``."""

    async def hold(self, name: str | None) -> None:
        """Return at once for live work and for a backfill that may go on. Raises Deferral(backfill_paused) otherwise."""
        ...

    async def pace(self, name: str) -> Pace:
        """What one backfill may take."""
        ...

    async def rows(self) -> Mapping[str, Backfill]:
        """What people said about backfills, by name."""
        ...

    async def switch(self, name: str, *, paused: bool, who: str, why: str, now: datetime) -> None:
        """Pause or resume."""
        ...

    async def choose(self, name: str, pace: Pace) -> None:
        """Set the pace; None leaves a number as it was."""
        ...

    async def progress(self, name: str, total: int | None, now: datetime) -> Progress:
        """How far it is."""
        ...

    async def names(self) -> tuple[str, ...]:
        """Backfills that meetings were worked for, the newest first."""
        ...


class NoBackfills:
    """Where everything is live: commands on one meeting, and tests of other things."""

    async def hold(self, name: str | None) -> None:
        """See ``Backfills.hold``."""
        del name

    async def pace(self, name: str) -> Pace:
        """See ``Backfills.pace``."""
        del name
        return Pace()

    async def rows(self) -> Mapping[str, Backfill]:
        """See ``Backfills.rows``."""
        return {}

    async def switch(self, name: str, *, paused: bool, who: str, why: str, now: datetime) -> None:
        """See ``Backfills.switch``."""
        del name, paused, who, why, now

    async def choose(self, name: str, pace: Pace) -> None:
        """See ``Backfills.choose``."""
        del name, pace

    async def progress(self, name: str, total: int | None, now: datetime) -> Progress:
        """See ``Backfills.progress``."""
        del now
        return Progress(name, total, {}, 0.0)

    async def names(self) -> tuple[str, ...]:
        """See ``Backfills.names``."""
        return ()
