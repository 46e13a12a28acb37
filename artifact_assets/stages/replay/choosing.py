"""Which meetings a replay is about.

What belongs here: choosing by id, failure class, date and staleness. What does not: running them again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from artifact_assets.domain.documents import digest_of
from artifact_assets.domain.erasure import ErasedContent
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Json, Meeting
from artifact_assets.domain.replay import EntryState, PlanEntry, ReplayPlan
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.staleness import Outlook, outlook

LONGEST_ID = 8


@dataclass(frozen=True)
class Choice:
    """How meetings are chosen; without anything, all. ``since`` is when they were received, ``limit`` the most of them."""

    ids: tuple[str, ...] = ()
    failure_class: FailureClass | None = None
    since: datetime | None = None
    stale: bool = False
    limit: int | None = None

    def as_json(self) -> Json:
        """The choice as the ledger keeps it."""
        return {
            "ids": list(self.ids),
            "failure_class": self.failure_class.value if self.failure_class is not None else None,
            "since": self.since.isoformat() if self.since is not None else None,
            "stale": self.stale,
            "limit": self.limit,
        }


async def chosen(equipment: Equipment, choice: Choice) -> list[Meeting]:
    """The meetings asked for, in the order received, staleness left aside.

    Raises PipelineError(unreadable_input) for an unknown one.
    """
    ledger, ids = equipment.ledger, choice.ids
    found = await ledger.meetings(failure_class=choice.failure_class, ids=ids or None)
    known = found if choice.failure_class is None else await ledger.meetings(ids=ids) if ids else ()
    missing = [name for name in dict.fromkeys(ids) if name not in {meeting.meeting_id for meeting in known}]
    if missing:
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT, f"There is no meeting {missing[0]}.", "List the known ones with `meetings`."
        )
    return [meeting for meeting in found if choice.since is None or meeting.received_at >= choice.since]


async def outlooks(
    equipment: Equipment, choice: Choice, advance: Callable[[], None], expect: Callable[[int], None]
) -> list[Outlook]:
    """What lies before each chosen meeting; with ``stale`` only those of which something would run again.

    Raises ErasedContent for a meeting asked for by its id whose documents went.
    """
    meetings = await chosen(equipment, choice)
    expect(len(meetings))
    found: list[Outlook] = []
    for meeting in meetings:
        if choice.limit is not None and len(found) >= choice.limit:
            break
        try:
            seen = await outlook(equipment, meeting)
        except ErasedContent:
            # Of many it is left out; one that was asked for by name is a mistake to be told.
            if meeting.meeting_id in choice.ids:
                raise
            advance()
            continue
        if seen.stale or not choice.stale:
            found.append(seen)
        advance()
    return found


async def new_plan(equipment: Equipment, choice: Choice, meetings: list[str], who: str, why: str) -> ReplayPlan:
    """Store a plan over ``meetings``, nothing of it prepared yet."""
    now = equipment.clock.now()
    name = digest_of([now.isoformat(), who, why, meetings])[:LONGEST_ID]
    plan = ReplayPlan(f"{now:%Y%m%d}-{name}", now, who, why, choice.as_json())
    entries = [
        PlanEntry(plan.plan_id, meeting_id, position, EntryState.SELECTED, now)
        for position, meeting_id in enumerate(meetings)
    ]
    await equipment.ledger.add_plan(plan, tuple(entries))
    return plan


async def the_plan(equipment: Equipment, plan_id: str) -> ReplayPlan:
    """The plan of that id; its beginning is enough. Raises PipelineError(unreadable_input) when none or several match."""
    found = [plan for plan in await equipment.ledger.plans() if plan.plan_id.startswith(plan_id)] if plan_id else []
    if len(found) != 1:
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT,
            f"{len(found)} replay plans have an id that starts with {plan_id!r}, so nothing was done.",
            "List them with `replay --plans`.",
        )
    return found[0]
