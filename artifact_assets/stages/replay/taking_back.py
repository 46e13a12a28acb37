"""Taking an applied plan back, record by record, where nobody changed the record since.

What belongs here: what undoes each kind of change. What does not: comparing with what stands at a destination, which sending
does anyway: a record a person changed refuses the write and stays.

What was taken back is ``withdrawn`` and no later run writes it again; what it had replaced is written again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from artifact_assets.domain.records import Intent, IntentPlan
from artifact_assets.domain.replay import EFFECTIVE, Change, EntryState, PlanEntry, PlannedWrite, Preparation
from artifact_assets.domain.states import OPEN_INTENTS, IntentState, may_follow
from artifact_assets.stages.delivery import Delivery
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.outcomes import settlement
from artifact_assets.stages.withdrawing import withdrawal_of

REVERTIBLE = frozenset({EntryState.APPLIED, EntryState.APPLYING})


class Fate(StrEnum):
    """What became of one record's change."""

    TAKEN_BACK = "taken_back"
    CALLED_OFF = "called_off"
    CHANGED_SINCE = "changed_since"
    REPLACED_SINCE = "replaced_since"
    NEVER_WRITTEN = "never_written"
    WAITING = "waiting"


@dataclass(frozen=True)
class TakenBack:
    """One record of a plan after its revert. ``cause`` is what the destination said against it."""

    meeting_id: str
    write: PlannedWrite
    fate: Fate
    cause: str | None = None


async def take_back(equipment: Equipment, owner: str, entry: PlanEntry) -> tuple[TakenBack, ...]:
    """Undo what the plan changed for one meeting, the newest change first; the entry is then ``reverted``."""
    assert entry.document is not None, "an applied entry"
    preparation = Preparation.model_validate_json(await equipment.store.get(entry.document))
    back = Taking(equipment, owner, entry.meeting_id)
    done = [await back.one(write) for write in reversed(preparation.writes) if write.change in EFFECTIVE]
    waiting = any(each.fate is Fate.WAITING for each in done)
    state = entry.state if waiting else EntryState.REVERTED
    await equipment.ledger.note(replace(entry, state=state, updated_at=equipment.clock.now()))
    return tuple(done)


@dataclass
class Taking:
    """Takes back one meeting's changes for ``owner``."""

    equipment: Equipment
    owner: str
    meeting_id: str

    async def one(self, write: PlannedWrite) -> TakenBack:
        """Undo one change as far as it happened."""
        assert write.intent is not None, "an effective change"
        rows = await self._rows()
        row = rows.get(write.intent.intent_key)
        if row is None:
            return self._told(write, Fate.NEVER_WRITTEN)
        if row.state is not IntentState.CONFIRMED:
            return await self._unsent(write, row)
        plan = self._undoing(write, row, rows)
        if plan is None:
            return self._told(write, Fate.NEVER_WRITTEN)
        undone = await self._sent(plan, rows)
        if undone.state in OPEN_INTENTS:
            return self._told(write, Fate.WAITING, undone.cause)
        if undone.state is not IntentState.CONFIRMED or not (undone.receipt or {}).get("applied", True):
            return self._told(write, Fate.CHANGED_SINCE, undone.cause)
        await self._withdrawn(write.intent.intent_key)
        return self._told(write, Fate.TAKEN_BACK)

    async def _unsent(self, write: PlannedWrite, row: Intent) -> TakenBack:
        if row.state is IntentState.SUPERSEDED:
            return self._told(write, Fate.REPLACED_SINCE)
        if row.state in (IntentState.SENDING, IntentState.UNCERTAIN):
            return self._told(write, Fate.WAITING, row.cause)
        if may_follow(row.state, IntentState.WITHDRAWN):
            await self._withdrawn(row.intent_key)
            return self._told(write, Fate.CALLED_OFF)
        return self._told(write, Fate.NEVER_WRITTEN)

    def _undoing(self, write: PlannedWrite, row: Intent, rows: Mapping[str, Intent]) -> IntentPlan | None:
        """The write that undoes a confirmed one; None when it changed nothing."""
        earlier = rows.get(write.before_intent or "")
        if write.change in (Change.UPDATE, Change.WITHDRAW) and earlier is not None:
            return _again(earlier)
        return withdrawal_of(row, self.equipment.tenant)

    async def _sent(self, plan: IntentPlan, rows: Mapping[str, Intent]) -> Intent:
        now = self.equipment.clock.now()
        intents = await self.equipment.ledger.plan((plan,), now)
        await Delivery(self.equipment, self.owner, dict(rows)).work_off(intents)
        return (await self._rows())[plan.intent_key]

    async def _withdrawn(self, intent_key: str) -> None:
        row = (await self._rows())[intent_key]
        if may_follow(row.state, IntentState.WITHDRAWN):
            at = self.equipment.clock.now()
            await self.equipment.ledger.settle(settlement(row, self.owner, IntentState.WITHDRAWN, at, "reverted"))

    async def _rows(self) -> Mapping[str, Intent]:
        return {row.intent_key: row for row in await self.equipment.ledger.intents(meeting_id=self.meeting_id)}

    def _told(self, write: PlannedWrite, fate: Fate, cause: str | None = None) -> TakenBack:
        return TakenBack(self.meeting_id, write, fate, cause)


def _again(row: Intent) -> IntentPlan:
    """A recorded write as a new decision for the same content."""
    told: dict[str, Any] = {each.name: getattr(row, each.name) for each in fields(IntentPlan)}
    return replace(IntentPlan(**told), state=IntentState.PLANNED, failure_class=None, cause=None)
