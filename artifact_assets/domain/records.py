"""Rows of the ledger as plain values.

What belongs here: what the ledger remembers about meetings, stages, items and writes. What does not: tables and SQL (see
``resources.ledger``) and the documents themselves (see ``artifact`` and ``transcript``). No value here holds transcript
text, apart from ``Intent.payload``, which is what will be written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from artifact_assets.domain.artifact import ItemKind, ItemState
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.states import IntentState, MeetingState, Stage

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Arrival:
    """A file noticed for a meeting. ``source`` and ``sidecar_source`` are paths or fsspec URLs; digests are of bytes."""

    meeting_id: str
    source: str
    file_name: str
    transcript_digest: str
    size_bytes: int
    sidecar_source: str | None = None
    sidecar_digest: str | None = None
    kind: str | None = None


class Reception(StrEnum):
    """What an arrival turned out to be."""

    NEW = "new"
    REVISED = "revised"
    SAME = "same"
    ERASED = "erased"
    GONE = "gone"


@dataclass(frozen=True)
class Counts:
    """Items of a meeting by fate."""

    items: int = 0
    quarantined: int = 0
    delivered: int = 0


@dataclass(frozen=True)
class Meeting:
    """A meeting's row. Times are timezone-aware UTC; digests are 64 hex digits.

    ``backfill`` names the backfill it was last worked for, None when it is live. ``deaths`` counts the owners in a row that
    were gone without having given the meeting back or stored anything about it. ``documents_gone_at`` is when its documents
    went by retention; it is not run again.
    """

    meeting_id: str
    source: str
    file_name: str
    transcript_digest: str
    revision: str
    state: MeetingState
    received_at: datetime
    updated_at: datetime
    size_bytes: int = 0
    sidecar_source: str | None = None
    sidecar_digest: str | None = None
    kind: str | None = None
    failure_class: FailureClass | None = None
    cause: str | None = None
    next_attempt_at: datetime | None = None
    attempts: int = 0
    run_id: str | None = None
    counts: Counts = Counts()
    lease_owner: str | None = None
    lease_until: datetime | None = None
    backfill: str | None = None
    retired_at: datetime | None = None
    deaths: int = 0
    documents_gone_at: datetime | None = None


@dataclass(frozen=True)
class CheckResult:
    """One asset check's verdict on one meeting. ``metadata`` holds codes, counts and numbers, never text."""

    check: str
    passed: bool
    severity: str = "WARN"
    metadata: Json = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Checkpoint:
    """A stage's stored result for a meeting.

    ``key`` is the digest of ``components``, which say what determined it; ``document`` is the digest of the stored
    document. ``event_pending`` holds until Dagster's event log has the materialization and checks.
    """

    meeting_id: str
    stage: Stage
    key: str
    components: Json
    document: str
    run_id: str
    created_at: datetime
    metadata: Json = field(default_factory=dict[str, Any])
    checks: tuple[CheckResult, ...] = ()
    duration_seconds: float = 0.0
    attempts: int = 1
    event_pending: bool = True


@dataclass(frozen=True)
class KnownItem:
    """An item's identity across re-extractions. ``document`` is the artifact that last held it."""

    item_id: str
    meeting_id: str
    kind: ItemKind
    state: ItemState
    document: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Transition:
    """One change of a meeting's state."""

    meeting_id: str
    before: MeetingState | None
    after: MeetingState
    at: datetime
    run_id: str | None = None
    attempt: int = 0
    cause: str | None = None
    failure_class: FailureClass | None = None


@dataclass(frozen=True)
class StageCommit:
    """Everything one finished, failed or deferred stage changes, stored in one transaction.

    ``checkpoint`` is None when the stage did not finish. ``items`` is the complete new set of the meeting's items, or None
    when the stage does not touch them. ``owner`` must hold the meeting's lease, else nothing is stored. ``revision`` is the
    one worked on, when told: if a newer one arrived meanwhile, checkpoint and items are stored and the meeting stays
    ``received``.
    """

    meeting_id: str
    owner: str
    state: MeetingState
    at: datetime
    run_id: str
    checkpoint: Checkpoint | None = None
    items: tuple[KnownItem, ...] | None = None
    counts: Counts | None = None
    kind: str | None = None
    failure_class: FailureClass | None = None
    cause: str | None = None
    next_attempt_at: datetime | None = None
    revision: str | None = None


@dataclass(frozen=True)
class IntentPlan:
    """A write decided on, before the ledger knows it. See DESIGN in docs/delivery.md for the two keys.

    ``sequence`` orders writes of one meeting; ``after`` is the record key of an intent that must be confirmed first.
    """

    intent_key: str
    record_key: str
    meeting_id: str
    item_id: str
    destination: str
    account: str
    operation: str
    target: Json
    payload: Json
    payload_digest: str
    revision: str
    sequence: int = 0
    after: str | None = None
    state: IntentState = IntentState.PLANNED
    failure_class: FailureClass | None = None
    cause: str | None = None


@dataclass(frozen=True)
class Intent(IntentPlan):
    """A recorded decision to write and what became of it. ``receipt`` is the destination's proof of acceptance."""

    attempts: int = 0
    created_at: datetime | None = None
    updated_at: datetime | None = None
    next_attempt_at: datetime | None = None
    lease_owner: str | None = None
    lease_until: datetime | None = None
    receipt: Json | None = None


def is_change(operation: str) -> bool:
    """Whether an operation changes a value or a tag of a record that is there, instead of making one."""
    return operation.removeprefix("withdraw_") in ("set_field", "add_tag")


@dataclass(frozen=True)
class Settlement:
    """What one attempt at an intent came to. ``status`` and ``code`` are the vendor's own."""

    intent_key: str
    owner: str
    state: IntentState
    at: datetime
    outcome: str
    receipt: Json | None = None
    failure_class: FailureClass | None = None
    cause: str | None = None
    next_attempt_at: datetime | None = None
    status: int | None = None
    code: str | None = None
    correlation_id: str | None = None
    request_digest: str | None = None
    duration_seconds: float | None = None


@dataclass(frozen=True)
class Attempt:
    """One try of one intent."""

    intent_key: str
    number: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    status: int | None = None
    code: str | None = None
    correlation_id: str | None = None
    request_digest: str | None = None
    duration_seconds: float | None = None


@dataclass(frozen=True)
class Intervention:
    """Something a person had to do. ``who`` is what they typed; ``details`` holds ids and codes."""

    at: datetime
    who: str
    why: str
    action: str
    meeting_id: str | None = None
    item_id: str | None = None
    details: Json = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Repair:
    """A record of ours that a person edited or deleted, as it was noticed. ``what`` is one of those two words."""

    intent_key: str
    what: str
    noticed_at: datetime


@dataclass(frozen=True)
class Opened:
    """A meeting taken under a lease, with everything its stages need to know from the ledger."""

    meeting: Meeting
    checkpoints: tuple[Checkpoint, ...]
    items: tuple[KnownItem, ...]
    intents: tuple[Intent, ...]

    def checkpoint(self, stage: Stage, key: str) -> Checkpoint | None:
        """The stored result of ``stage`` under ``key``."""
        return next((c for c in self.checkpoints if c.stage is stage and c.key == key), None)

    def latest(self, stage: Stage) -> Checkpoint | None:
        """The newest stored result of ``stage``, whatever its key."""
        return max((c for c in self.checkpoints if c.stage is stage), key=lambda c: c.created_at, default=None)
