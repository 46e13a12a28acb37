"""What a replay is: a stored plan of what running meetings again would change, and where each of its meetings stands.

What belongs here: plans, their entries, the difference per record, what an entry rests on. What does not: making and
applying a plan (see ``artifact_assets.stages.replay``) and storing it (see ``resources.ledger.replays``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from artifact_assets.domain.budgets import Amount
from artifact_assets.domain.documents import Document
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.records import Checkpoint, Counts, IntentPlan, Json, KnownItem

PLAN_TAG = "artifacts/replay"
PHASE_TAG = "artifacts/replay-phase"


class Phase(StrEnum):
    """What runs of a plan do. Stored in run tags by value."""

    PREPARE = "prepare"
    APPLY = "apply"


class EntryState(StrEnum):
    """Where one meeting of a plan stands. Stored by value.

    ``failed`` is what could not be prepared, ``skipped`` what the plan no longer fits. ``applying`` was taken over into the
    ledger and is being delivered.
    """

    SELECTED = "selected"
    PREPARED = "prepared"
    FAILED = "failed"
    SKIPPED = "skipped"
    APPLYING = "applying"
    APPLIED = "applied"
    REVERTED = "reverted"


TO_PREPARE = frozenset({EntryState.SELECTED, EntryState.FAILED})
TO_APPLY = frozenset({EntryState.PREPARED, EntryState.SKIPPED, EntryState.APPLYING})


class Change(StrEnum):
    """What a plan does to one record.

    ``left`` was written earlier and is not wanted any more: it stays, unless ``delivery.no_longer_wanted`` says otherwise.
    ``held`` waits for a person's approval once applied; ``refused`` cannot be written, with the reason.
    """

    CREATE = "create"
    UPDATE = "update"
    SAME = "same"
    WITHDRAW = "withdraw"
    LEFT = "left"
    HELD = "held"
    REFUSED = "refused"


EFFECTIVE = frozenset({Change.CREATE, Change.UPDATE, Change.WITHDRAW, Change.HELD})
"""Changes that make applying the plan do something at a destination, now or after approval."""


class PlannedWrite(Document):
    """One record of a meeting under the plan.

    ``before`` is the payload that stands there by the ledger, None when nothing was written; ``intent`` is the decision the
    plan would record, None for what is left. ``there`` is what the destination said when the plan was made.
    """

    change: Change
    record_key: str
    item_id: str
    destination: str
    operation: str
    before: Mapping[str, Any] | None = None
    before_intent: str | None = None
    intent: IntentPlan | None = None
    there: str | None = None
    needs: str | None = None


class Preparation(Document):
    """Everything a plan holds of one meeting, stored by content: what was prepared is what will be written.

    ``checkpoints`` are stage results the ledger does not have yet, in the order of the stages; ``items`` the complete new
    set, None when they stay.
    """

    schema_version: Literal[1] = 1
    meeting_id: str
    revision: str
    checkpoints: tuple[Checkpoint, ...] = ()
    items: tuple[KnownItem, ...] | None = None
    counts: Counts | None = None
    kind: str | None = None
    writes: tuple[PlannedWrite, ...] = ()


@dataclass(frozen=True)
class ReplayPlan:
    """A replay a person asked for. ``selection`` says how its meetings were chosen."""

    plan_id: str
    created_at: datetime
    who: str
    why: str
    selection: Json


@dataclass(frozen=True)
class PlanEntry:
    """One meeting of a plan.

    ``reasons`` are stage and component names that differ from today's; ``basis`` is what the ledger held when it was
    prepared (see ``basis_of``); ``document`` the digest of its ``Preparation``; ``spent`` what the model was asked for.
    """

    plan_id: str
    meeting_id: str
    position: int
    state: EntryState
    updated_at: datetime
    reasons: tuple[str, ...] = ()
    basis: Json | None = None
    document: str | None = None
    changes: Mapping[str, int] = field(default_factory=dict[str, int])
    spent: Amount = Amount()
    failure_class: FailureClass | None = None
    cause: str | None = None
    run_id: str | None = None


@dataclass(frozen=True)
class Progress:
    """How many meetings of a plan stand where."""

    by_state: Mapping[EntryState, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by_state.values())

    def of(self, *states: EntryState) -> int:
        """Those in any of ``states``."""
        return sum(self.by_state.get(state, 0) for state in states)
