"""Run workers that do nothing any more: found by the leases they no longer renew. Pure rules, and the ledger's word on leases.

What belongs here: who counts as silent. What does not: what follows (see ``artifact_assets.assets.silent_runs``).

A worker renews its leases three times before they would run out. One that is stopped, swaps or hangs in the kernel renews
none, and nothing else notices it: its process lives, so Dagster waits for it until the run's longest time. The same holds for
one that died together with the code server that started it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from artifact_assets.domain.records import Meeting

Silent = Mapping[str, datetime]
"""Lease owners and when the last of their leases ran out."""


class Leases(Protocol):
    """The part of the ``Ledger`` about leases that nobody gave back."""

    async def held(self) -> tuple[Meeting, ...]:
        """Meetings that somebody took and did not give back, whether the lease ran out or not."""
        ...


def silent(held: Iterable[Meeting], before: datetime, is_gone: Callable[[str], bool]) -> Silent:
    """The owners whose last lease ran out before ``before``, and those that are dead.

    The dead are not waited for: after a clock was set back, their leases would run out only when it is that time again.
    """
    found: dict[str, datetime] = {}
    for meeting in held:
        if meeting.lease_owner is not None and meeting.lease_until is not None:
            known = found.get(meeting.lease_owner, meeting.lease_until)
            found[meeting.lease_owner] = max(known, meeting.lease_until)
    return {owner: until for owner, until in found.items() if until < before or is_gone(owner)}


def still_silent(before: Silent, now: Silent) -> tuple[str, ...]:
    """Owners that were silent at the last look and renewed nothing since.

    One look is not enough: after a machine slept, or its clock was set forward, every lease has run out for a moment.
    """
    return tuple(sorted(owner for owner, until in now.items() if before.get(owner) == until))


def counts_from(now: datetime, lease_seconds: float) -> datetime:
    """Leases that ran out before this are of silent owners: as long ago again as a lease lasts, so that one may be late."""
    return now - timedelta(seconds=lease_seconds)
