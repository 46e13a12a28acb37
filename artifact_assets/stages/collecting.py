"""Documents that no row of the ledger names any more.

What belongs here: finding them, share by share of the store, and deleting them where that is wanted. What does not: when
(see ``assets.upkeep``) and erasing what a person asked to be erased, which waits for nothing.

A crash between storing a document and committing the row that names it leaves one over. It looks the same as one whose row is
about to be committed; only time tells them apart, so each must have been left alone far longer than the longest run. Content
that is stored again counts as new from then on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from artifact_assets.domain.ports import ArtifactStore, Ledger
from artifact_assets.domain.working_set import WorkingSetPolicy

SHARES = 256
"""By the first two digits of the digest: each is small enough to be held in memory."""


@dataclass(frozen=True)
class Collected:
    """What a pass came to. ``size_bytes`` is that of the unnamed ones; they are deleted only where the policy says so."""

    looked_at: int = 0
    unnamed: int = 0
    size_bytes: int = 0
    deleted: int = 0


async def collect(
    ledger: Ledger, store: ArtifactStore, policy: WorkingSetPolicy, now: datetime, shares: Iterable[int]
) -> Collected:
    """Go through these shares of the store, each a number below ``SHARES``."""
    before = now - timedelta(days=policy.document_grace_days)
    looked_at = unnamed = size_bytes = deleted = 0
    for share in shares:
        first, after = f"{share:02x}", f"{share + 1:02x}" if share + 1 < SHARES else "g"
        stored = await store.stored(first)
        looked_at += len(stored)
        old = {one.digest: one for one in stored if one.at < before}
        named = await ledger.named_documents(first, after) if old else frozenset[str]()
        for digest in sorted(old.keys() - named):
            unnamed, size_bytes = unnamed + 1, size_bytes + old[digest].size_bytes
            if policy.documents == "collect":
                deleted += await store.discard(digest, before)
    return Collected(looked_at, unnamed, size_bytes, deleted)


def shares_of_day(now: datetime, passes: int = 8) -> range:
    """The shares whose turn it is: all of them in ``passes`` days."""
    each = SHARES // passes
    start = now.toordinal() % passes * each
    return range(start, start + each)
