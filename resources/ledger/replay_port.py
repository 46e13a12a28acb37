"""The part of the ``Ledger`` port about replay plans.

What belongs here: methods handing requests to the writer or to a read. What does not: statements (see ``replays``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from sqlalchemy import Row, Select

from artifact_assets.domain.replay import EntryState, PlanEntry, Progress, ReplayPlan
from artifact_assets.domain.replay_ports import Adoption
from resources.ledger import replays

T = TypeVar("T")


class ReplayPort(ABC):
    """Mixed into ``SqlLedger``, which brings ``write`` and ``read``."""

    @abstractmethod
    async def write(self, operation: Any, request: Any, *keys: Any) -> Any:
        """Have the writer do a request."""

    @abstractmethod
    async def read(self, statement: Select[Any], value: Callable[[Row[Any]], T]) -> tuple[T, ...]:
        """Rows as values."""

    async def add_plan(self, plan: ReplayPlan, entries: tuple[PlanEntry, ...]) -> None:
        """See ``ReplayPlans.add_plan``."""
        await self.write(replays.add_plans, replays.NewPlan(plan, entries), plan.plan_id)

    async def plans(self) -> tuple[ReplayPlan, ...]:
        """See ``ReplayPlans.plans``."""
        return await self.read(replays.ALL, replays.plan_from)

    async def entries(self, plan_id: str, *, meeting_ids: Iterable[str] | None = None) -> tuple[PlanEntry, ...]:
        """See ``ReplayPlans.entries``."""
        return await self.read(replays.entries(plan_id, meeting_ids), replays.entry_from)

    async def entries_of(self, meeting_id: str) -> tuple[PlanEntry, ...]:
        """See ``ReplayPlans.entries_of``."""
        return await self.read(replays.entries_of(meeting_id), replays.entry_from)

    async def progress(self, plan_id: str) -> Progress:
        """See ``ReplayPlans.progress``."""
        return Progress(dict(await self.read(replays.counted(plan_id), replays.count_from)))

    async def note(self, entry: PlanEntry, *, only_from: frozenset[EntryState] | None = None) -> bool:
        """See ``ReplayPlans.note``."""
        return await self.write(replays.note, replays.Noting(entry, only_from), (entry.plan_id, entry.meeting_id))

    async def adopt(self, adoption: Adoption) -> None:
        """See ``ReplayPlans.adopt``."""
        await self.write(
            replays.adopt, adoption, adoption.entry.meeting_id, (adoption.entry.plan_id, adoption.entry.meeting_id)
        )
