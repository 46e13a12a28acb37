"""What retention asks of the ledger, named.

What belongs here: the protocol. What does not: who implements it (see ``resources.ledger.retention_book``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from artifact_assets.domain.records import Meeting
from artifact_assets.domain.retention import Need, Outlook, Part, Removal, RetentionPolicy


class RetentionBook(Protocol):
    """Retention in the ledger. Every method is one transaction and may be repeated."""

    async def candidates(
        self, policy: RetentionPolicy, now: datetime, *, after: int, most: int
    ) -> tuple[Sequence[tuple[Meeting, tuple[Part, ...]]], int | None]:
        """Meetings of which a part is due and not gone, and where to go on; None at the end."""
        ...

    async def outlook(
        self, meeting_id: str, parts: tuple[Part, ...], now: datetime, *, reviews: bool
    ) -> Outlook | None:
        """What would go of a meeting, or why it is kept; ``reviews`` whether what waits for a person holds it."""
        ...

    async def begin(
        self, meeting_id: str, parts: tuple[Part, ...], now: datetime, *, reviews: bool
    ) -> tuple[Need, ...] | tuple[Removal, ...]:
        """Begin to remove these parts, unless something needs the meeting. From here on nothing runs on lost documents."""
        ...

    async def unfinished(self) -> tuple[Removal, ...]:
        """Removals that were begun and not finished, oldest first."""
        ...

    async def free(self, digests: Sequence[str], meeting_id: str) -> tuple[str, ...]:
        """Those of ``digests`` that no other meeting refers to."""
        ...

    async def blank(self, removal: Removal) -> None:
        """Take out of the ledger what named, or was, that part."""
        ...

    async def compact(self) -> None:
        """Have the database give up the space in which removed words still lie."""
        ...

    async def finish(self, removals: Mapping[Removal, int], who: str, now: datetime) -> None:
        """End removals, each with how many things went, and record them without a word."""
        ...

    async def confirmed(self) -> str | None:
        """The policy that was confirmed last, by its id."""
        ...

    async def confirm(self, policy_id: str, who: str, now: datetime) -> None:
        """Record that somebody looked at what a policy removes."""
        ...
