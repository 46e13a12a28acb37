"""The part of the ledger that leads from a record back to its writes, and says whose ledger it is.

What belongs here: the protocol. What does not: its adapter (see ``resources.ledger``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from artifact_assets.domain.records import Intent


class RecordSearch(Protocol):
    """Reads only."""

    async def intents_under(self, prefix: str) -> tuple[Intent, ...]:
        """Intents whose record key or intent key begins with these hex digits, in the order planned."""
        ...

    async def intents_of(self, meeting_ids: Sequence[str]) -> tuple[Intent, ...]:
        """Intents of these meetings, in the order planned."""
        ...

    async def intents_at(self, destination: str, record_id: str) -> tuple[Intent, ...]:
        """Intents with a receipt for this record of the destination, in the order planned."""
        ...

    async def identity(self) -> tuple[str, str]:
        """The ledger's own id and its tenant."""
        ...
