"""What a stage is: a name, what determines its outcome, and the work.

What belongs here: the shape shared by the five stages, and the stage key. What does not: any particular stage.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from artifact_assets.domain.documents import digest_of
from artifact_assets.domain.records import CheckResult, Counts, Json, KnownItem
from artifact_assets.domain.states import MeetingState, Stage
from artifact_assets.stages.case import Case


@dataclass(frozen=True)
class Outcome:
    """A finished stage. ``document`` is the digest of what it stored; ``metadata`` holds codes, counts and numbers.

    ``state`` is None where the stage's usual state follows; ``cause`` says why it is another one. ``for_now_until`` marks a
    stand-in that is replaced after that moment: it is stored beside the stage's key, never under it.
    """

    document: str
    metadata: Json = field(default_factory=dict[str, Any])
    checks: tuple[CheckResult, ...] = ()
    items: tuple[KnownItem, ...] | None = None
    counts: Counts | None = None
    kind: str | None = None
    state: MeetingState | None = None
    cause: str | None = None
    attempts: int = 1
    for_now_until: datetime | None = None


@dataclass(frozen=True)
class StageWork:
    """One stage. ``components`` names everything that determines the outcome, so that equal means "need not run again"."""

    stage: Stage
    version: str
    components: Callable[[Case], Awaitable[Json]]
    perform: Callable[[Case], Awaitable[Outcome]]
    reusable: bool = True

    async def all_components(self, case: Case) -> dict[str, Any]:
        """The stage's own components and its version, as the ledger stores them."""
        return {"version": self.version, **await self.components(case)}


def stage_key(components: Json) -> str:
    """The key a stage's result is stored under."""
    return digest_of(components)
