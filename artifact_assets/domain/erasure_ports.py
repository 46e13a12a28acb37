"""What an erasure works on, named.

What belongs here: protocols. What does not: anything that implements them (see ``resources`` and
``artifact_assets.assets.forgetting``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from artifact_assets.domain.erasure import Erasure, ErasureStep, Holdings, Taken, Tombstone
from artifact_assets.domain.records import Intent
from artifact_assets.domain.working_set import Collectable


class ErasureBook(Protocol):
    """Erasures in the ledger. Every method is one transaction."""

    async def holdings(self, meeting_id: str) -> Holdings | None:
        """Where the meeting's words lie; None for an unknown meeting."""
        ...

    async def close(self, tombstone: Tombstone, *, displacing: str | None = None) -> str | None:
        """Begin the erasure, or find it begun: from here on nothing works on the meeting and its content is refused.

        Writes that were not sent are withdrawn. A meeting that the ledger does not know leaves its tombstone. Returns the
        owner of a live lease on the meeting, in which case nothing was done; ``displacing`` is one known to be dead.
        """
        ...

    async def erasure(self, meeting_id: str) -> Erasure | None:
        """How far an erasure is."""
        ...

    async def erasures(self, *, unfinished: bool = False) -> tuple[Erasure, ...]:
        """All erasures, oldest first."""
        ...

    async def call_off(self, meeting_id: str, now: datetime) -> int:
        """Withdraw the meeting's unsent writes; returns how many are still being sent by a live sender."""
        ...

    async def free(self, digests: Sequence[str], meeting_id: str) -> tuple[str, ...]:
        """Those of ``digests`` that no other meeting refers to."""
        ...

    async def scrub(self, meeting_id: str) -> int:
        """Take every word out of the meeting's rows; returns how many rows were changed."""
        ...

    async def report_again(self, run_ids: Sequence[str]) -> int:
        """Mark stages whose events went with these runs as not told to Dagster; returns how many."""
        ...

    async def done(self, meeting_id: str, step: ErasureStep, taken: Taken) -> None:
        """Record a step, once."""
        ...

    async def finish(self, meeting_id: str, who: str, now: datetime) -> None:
        """End the erasure and record it as an intervention."""
        ...

    async def compact(self) -> None:
        """Have the database give up the space in which removed words still lie."""
        ...

    async def anything_closed(self) -> bool:
        """Whether any meeting's documents went, on request or by retention."""
        ...

    async def closed_documents(self, first: str, after: str) -> frozenset[str]:
        """Digests from ``first`` up to but without ``after`` that meetings name whose documents went, and no others."""
        ...


class RemovableStore(Collectable, Protocol):
    """The artifact store, for those who may remove documents."""

    async def remove(self, digest: str) -> bool:
        """Remove a document; False when it is not there."""
        ...


class RemovableSources(Protocol):
    """Received files, for those who may remove them."""

    def ours(self, source: str) -> bool:
        """Whether the file lies in our inbox."""
        ...

    async def remove(self, source: str) -> bool:
        """Remove a file of our inbox; False when it is not there."""
        ...


class Tombstones(Protocol):
    """What outlives the ledger: a restored one is told of erasures that it has forgotten."""

    async def write(self, tombstone: Tombstone) -> None:
        """Keep a tombstone, once."""
        ...

    async def read(self) -> tuple[Tombstone, ...]:
        """All tombstones."""
        ...


class Copies(Protocol):
    """A place where words of meetings were copied to: the record store, exports, cases, Dagster's event log."""

    async def forget(self, meeting_id: str, intents: Iterable[Intent]) -> Taken:
        """Remove what is there about the meeting; may be repeated."""
        ...
