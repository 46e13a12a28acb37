"""The ports and policies a walk works with, handed over as one value.

What belongs here: the bundle. What does not: building it (see ``artifact_assets.wiring``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from artifact_assets.configuration.schema import Configuration
from artifact_assets.domain.backfill_ports import Backfills, NoBackfills
from artifact_assets.domain.destination import Destination
from artifact_assets.domain.ports import ArtifactStore, Clock, Extractor, Inbox, Ledger, Sources
from artifact_assets.stages.gate import Gate
from artifact_assets.stages.result import MeetingResult
from artifact_assets.stages.standing import Standing
from artifact_assets.stages.tracing import Tracing
from artifact_assets.stages.turns import Turns

if TYPE_CHECKING:
    from artifact_assets.stages.canary import Canary
T = TypeVar("T")


class Apart(Protocol):
    """Runs work off the event loop. Cancelled, it is abandoned: the work may go on, nobody waits for it any more."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]:
        """What ``work`` returns or raises."""
        ...


async def _in_thread(work: Callable[[], Any]) -> Any:
    return await asyncio.to_thread(work)


def _nobody(_: MeetingResult) -> None:
    return


def _not_mine(_: str) -> bool:
    return False


@dataclass(frozen=True)
class Equipment:
    """What the stages need.

    ``is_gone`` tells whether the owner of a lease can no longer be working; ``on_result`` hears of each meeting a walk is
    through with, for progress bars. ``gate`` knows which destinations may be written to, ``turns`` whose turn it is at a
    record; ``canary`` tries another prompt. ``end_owner`` ends the process of a lease's owner, where that is a process of this
    machine, and tells whether it did. ``tracing`` is there when traces are switched on. ``apart`` runs what keeps the
    processor busy.
    """

    tenant: str
    configuration: Configuration
    ledger: Ledger
    store: ArtifactStore
    sources: Sources
    inbox: Inbox
    clock: Clock
    extractor: Extractor
    destinations: Mapping[str, Destination]
    is_gone: Callable[[str], bool]
    on_result: Callable[[MeetingResult], None] = _nobody
    gate: Gate = field(default_factory=Gate)
    turns: Turns = field(default_factory=Turns)
    backfills: Backfills = field(default_factory=NoBackfills)
    canary: Canary | None = None
    tracing: Tracing | None = None
    end_owner: Callable[[str], bool] = _not_mine
    apart: Apart = _in_thread
    standing: Standing = field(default_factory=Standing, init=False)
