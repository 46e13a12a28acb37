"""One at a time at a record, in this process.

What belongs here: waiting for one's turn. What does not: other processes, which the ledger keeps apart when a write is claimed
(see ``resources.ledger.changing``); waiting here spares the write from being put off there.
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from artifact_assets.domain.capabilities import TAKES_EACH_CHANGE
from artifact_assets.domain.documents import canonical_json
from artifact_assets.domain.records import Intent, is_change


@dataclass
class Turns:
    """Remembers whose turn it is, for one process. Each event loop has turns of its own."""

    _locks: WeakValueDictionary[tuple[int, str, bytes], asyncio.Lock] = field(
        default_factory=WeakValueDictionary[tuple[int, str, bytes], asyncio.Lock]
    )

    def at(self, intent: Intent, vendor: str) -> AbstractAsyncContextManager[object]:
        """A block in which no other value or tag of the same record is written; none is needed for making records."""
        if not is_change(intent.operation) or vendor in TAKES_EACH_CHANGE:
            return nullcontext()
        key = (id(asyncio.get_running_loop()), intent.destination, canonical_json(dict(intent.target)))
        return self._locks.setdefault(key, asyncio.Lock())
