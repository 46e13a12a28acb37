"""Documents of closed meetings that lie in the store again, because an older copy of the store was put back.

What belongs here: finding and removing them, share by share. What does not: documents that nobody ever named (see
``collecting``) and closing meetings (see ``erasing`` and ``retaining``).

The ledger keeps the digests of what went, so it can tell. A restored *ledger* needs none of this: it is told of erasures by
their tombstones, and retention goes by age.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from artifact_assets.domain.erasure_ports import ErasureBook
from artifact_assets.domain.working_set import Collectable

SHARES = 256
"""By the first two digits of the digest: each is small enough to be held in memory."""
GRACE = timedelta(days=1)
"""Left alone that long: another meeting may just have stored the same content and not have said so yet."""


async def sweep(book: ErasureBook, store: Collectable, now: datetime, shares: Iterable[int]) -> int:
    """Remove what only closed meetings name from these shares of the store, each a number below ``SHARES``; how many."""
    removed = 0
    if not await book.anything_closed():
        return removed
    for share in shares:
        first, after = f"{share:02x}", f"{share + 1:02x}" if share + 1 < SHARES else "g"
        stored = {one.digest for one in await store.stored(first)}
        if stored:
            for digest in sorted(stored & await book.closed_documents(first, after)):
                removed += await store.discard(digest, now - GRACE)
    return removed
