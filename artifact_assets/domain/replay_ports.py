"""The part of the ledger that remembers replay plans.

What belongs here: the protocol. What does not: its adapter (see ``resources.ledger.replays``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from artifact_assets.domain.records import Checkpoint, StageCommit
from artifact_assets.domain.replay import EntryState, PlanEntry, Progress, ReplayPlan


@dataclass(frozen=True)
class Adoption:
    """Taking a prepared meeting over into the ledger, in one transaction.

    ``earlier`` are checkpoints of the stages before the one ``commit`` ends; ``commit`` is None when every stage is current.
    """

    entry: PlanEntry
    earlier: tuple[Checkpoint, ...] = ()
    commit: StageCommit | None = None


class ReplayPlans(Protocol):
    """Plans and their meetings. Every method is one transaction."""

    async def add_plan(self, plan: ReplayPlan, entries: tuple[PlanEntry, ...]) -> None:
        """Store a new plan with its meetings."""
        ...

    async def plans(self) -> tuple[ReplayPlan, ...]:
        """All plans, newest first."""
        ...

    async def entries(self, plan_id: str, *, meeting_ids: Iterable[str] | None = None) -> tuple[PlanEntry, ...]:
        """Meetings of a plan in its order."""
        ...

    async def entries_of(self, meeting_id: str) -> tuple[PlanEntry, ...]:
        """A meeting's part in every plan, oldest plan first."""
        ...

    async def progress(self, plan_id: str) -> Progress:
        """How many meetings of a plan stand where."""
        ...

    async def note(self, entry: PlanEntry, *, only_from: frozenset[EntryState] | None = None) -> bool:
        """Store where a meeting of a plan stands; False, and nothing, when it is in none of ``only_from`` any more."""
        ...

    async def adopt(self, adoption: Adoption) -> None:
        """Store prepared stage results as the meeting's own and move its entry, or neither.

        Raises PipelineError(internal_error) when the owner lost the meeting's lease.
        """
        ...
