"""The few interactions with the outside world, named.

What belongs here: protocols. What does not: anything that implements them (see ``resources`` and ``extraction``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from artifact_assets.domain.artifact import Extraction
from artifact_assets.domain.brief import Brief
from artifact_assets.domain.exchange import (
    DestinationRow,
    FieldWritten,
    Switch,
)
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.inbox import FoundFile
from artifact_assets.domain.record_ports import RecordSearch
from artifact_assets.domain.records import (
    Arrival,
    Attempt,
    Checkpoint,
    Intent,
    IntentPlan,
    Intervention,
    KnownItem,
    Meeting,
    Opened,
    Reception,
    Repair,
    Settlement,
    StageCommit,
    Transition,
)
from artifact_assets.domain.replay_ports import ReplayPlans
from artifact_assets.domain.silence import Leases
from artifact_assets.domain.states import IntentState, MeetingState
from artifact_assets.domain.transcript import Transcript
from artifact_assets.domain.working_set import Collectable, Retirement


class Clock(Protocol):
    """Time, waiting and chance, so that no decision reads them by itself."""

    def now(self) -> datetime:
        """The current time, timezone-aware UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...

    def random(self) -> float:
        """A number in 0..1."""
        ...


class ArtifactStore(Collectable, Protocol):
    """Documents by content: written atomically, verified on read, never changed in place."""

    async def put(self, content: bytes) -> str:
        """Store ``content`` durably and return its SHA-256."""
        ...

    async def get(self, digest: str) -> bytes:
        """The content. Raises PipelineError(storage_unavailable) naming the digest when missing or altered."""
        ...

    async def intact(self, digest: str) -> bool:
        """Whether the content is there and unaltered."""
        ...

    def location(self, digest: str) -> str:
        """Where a person finds the document: a path or URL."""
        ...


class Sources(Protocol):
    """Where transcripts come from."""

    async def read(self, source: str, limit_bytes: int) -> bytes:
        """The file at a path or fsspec URL. Raises PipelineError(unreadable_input) when absent or above the limit."""
        ...


class Inbox(Protocol):
    """Where new transcripts are dropped."""

    async def files(self) -> tuple[FoundFile, ...]:
        """Everything lying there. Raises PipelineError(storage_unavailable) when it cannot be listed."""
        ...


class Ledger(Leases, RecordSearch, ReplayPlans, Retirement, Protocol):
    """What is true about meetings and writes. Every method is one transaction; writes return once committed."""

    async def receive(self, arrival: Arrival, now: datetime) -> tuple[Meeting, Reception]:
        """Record a file for a meeting.

        The same digests again change nothing. Other digests are a new revision: the meeting goes back to ``received``.
        Raises PipelineError(unreadable_input) when another source already claims the meeting id with other content.
        Raises ErasedContent for what went on request or by retention; that is then on record.
        """
        ...

    async def mark(self, marked: Mapping[str, str]) -> None:
        """Remember what sources looked like when they were taken."""
        ...

    async def marks(self, sources: Iterable[str] | None = None) -> Mapping[str, str]:
        """What these sources, or all, looked like when they were taken last."""
        ...

    async def begin(
        self,
        meeting_id: str,
        owner: str,
        lease_seconds: float,
        *,
        displacing: str | None = None,
        backfill: str | None = None,
        at_once: int | None = None,
    ) -> Opened | None:
        """Take the meeting under a lease and read all its stages need. None while another owner holds it, or no room is.

        ``displacing`` names an owner known to be dead, whose unexpired lease is taken over. Taking a meeting from an owner that
        never gave it back counts a death, until something is stored about it. ``backfill`` is what it is worked
        for from now on: a backfill's name, ``backfills.LIVE``, or None for what it was worked for before; ``at_once`` bounds
        what that backfill has under way. Raises PipelineError(unreadable_input) for an unknown meeting. Counts an attempt.
        """
        ...

    async def renew(self, meeting_ids: Iterable[str], owner: str, lease_seconds: float) -> None:
        """Extend the leases that ``owner`` still holds; the others are left alone."""
        ...

    async def commit(self, commit: StageCommit, after: Callable[[], None] | None = None) -> None:
        """Store a stage's outcome; ``after`` then runs on the writer's thread, and its failure loses nothing.

        Raises PipelineError(internal_error) when ``commit.owner`` lost the lease.
        """
        ...

    async def release(self, meeting_id: str, owner: str) -> None:
        """Give the lease back; no effect when it is somebody else's."""
        ...

    async def plan(
        self, plans: tuple[IntentPlan, ...], now: datetime, *, withdrawing: tuple[str, ...] = ()
    ) -> tuple[Intent, ...]:
        """Record intents and return their current rows in the order given.

        Known intent keys are left as they are. Earlier open intents of the same record key that are not being sent become
        ``superseded``. ``withdrawing`` are record keys no longer wanted, whose unsent intents become ``withdrawn``.

        Raises PipelineError(internal_error) when an intent key comes with another payload.
        """
        ...

    async def claim(self, intent_key: str, owner: str, lease_seconds: float, now: datetime) -> Intent | None:
        """Move a due, sendable intent to ``sending`` and start an attempt.

        None when not due, not sendable, held, or when the intent it comes ``after`` is not confirmed.
        """
        ...

    async def claim_lookup(self, intent_key: str, owner: str, lease_seconds: float, now: datetime) -> Intent | None:
        """Take an ``uncertain`` intent for a look-up without changing its state. None when held or no longer uncertain."""
        ...

    async def settle(self, settlement: Settlement) -> Intent:
        """End an attempt. Raises PipelineError(internal_error) for a transition the state table forbids or a lost lease."""
        ...

    async def lapse(self, now: datetime, *, gone: frozenset[str] = frozenset()) -> int:
        """Turn ``sending`` intents whose lease has run out, or whose owner is in ``gone``, into ``uncertain``.

        Returns how many.
        """
        ...

    async def due(self, now: datetime, limit: int) -> tuple[Intent, ...]:
        """Open intents whose time has come, oldest first, at most one per record key."""
        ...

    async def logged(self, checkpoints: Iterable[Checkpoint]) -> None:
        """Dagster's event log has these checkpoints' events."""
        ...

    async def pending(self, limit: int) -> tuple[Checkpoint, ...]:
        """Checkpoints whose Dagster event may be missing, oldest first."""
        ...

    async def intervene(self, intervention: Intervention) -> None:
        """Record what a person did."""
        ...

    async def meeting(self, meeting_id: str) -> Meeting | None:
        """One meeting."""
        ...

    async def meetings(
        self,
        *,
        state: MeetingState | None = None,
        failure_class: FailureClass | None = None,
        ids: Iterable[str] | None = None,
    ) -> tuple[Meeting, ...]:
        """Meetings in the order they were first received."""
        ...

    async def waiting(
        self, now: datetime, since: datetime, *, live: bool, most: int, offset: int
    ) -> tuple[Meeting, ...]:
        """Unfinished meetings, held or not, that are put off and due, or as they were since ``since``.

        ``live`` ones, or those of backfills; at most ``most`` of them from ``offset`` on, in the order they were received.
        """
        ...

    async def due_again(self, now: datetime, limit: int) -> tuple[Meeting, ...]:
        """Meetings that are through for now and whose next attempt has come, the longest overdue first."""
        ...

    async def checkpoints(self, meeting_id: str) -> tuple[Checkpoint, ...]:
        """All stored stage results of a meeting, oldest first."""
        ...

    async def items(self, meeting_id: str) -> tuple[KnownItem, ...]:
        """Known items of a meeting."""
        ...

    async def intents(self, *, meeting_id: str | None = None, state: IntentState | None = None) -> tuple[Intent, ...]:
        """Intents by meeting, by state or all, in the order planned."""
        ...

    async def attempts(self, intent_key: str) -> tuple[Attempt, ...]:
        """Tries of one intent."""
        ...

    async def transitions(self, meeting_id: str) -> tuple[Transition, ...]:
        """A meeting's history."""
        ...

    async def interventions(self, meeting_id: str) -> tuple[Intervention, ...]:
        """What people did to a meeting."""
        ...

    async def destination_rows(self) -> tuple[DestinationRow, ...]:
        """Every destination ever met, by name."""
        ...

    async def meet(self, name: str, vendor: str, account: str, now: datetime) -> DestinationRow:
        """Remember which account stands behind a name. Raises PipelineError(destination_unauthorized) for another one."""
        ...

    async def switch(self, change: Switch) -> DestinationRow:
        """Pause, park, trip or open a destination. Raises PipelineError(unreadable_input) for one never met."""
        ...

    async def look_first(self, names: tuple[str, ...], wanted: bool) -> None:
        """Have every key of these destinations looked up before its first send, or no longer."""
        ...

    async def fields_written(self, keys: Iterable[str]) -> Mapping[str, FieldWritten]:
        """The last values of ours on fields, by key."""
        ...

    async def settle_field(self, settlement: Settlement, written: FieldWritten) -> Intent:
        """``settle``, and remember the field's value, in one transaction."""
        ...

    async def note_repairs(self, repairs: Iterable[Repair]) -> None:
        """Remember what people did to records of ours; the first time each is noticed counts."""
        ...

    def insertion_lock(self) -> AbstractContextManager[None]:
        """Held by whoever adds partitions, across processes, so that a range covers only consecutive own keys."""
        ...


class Extractor(Protocol):
    """Turns a transcript into claims. ``identity`` holds everything that determines the outcome, for stage keys."""

    @property
    def identity(self) -> Mapping[str, str]:
        """Name, version, model, parameters and prompt digest: another identity means another extraction."""
        ...

    async def extract(self, transcript: Transcript, transcript_digest: str, brief: Brief) -> Extraction:
        """The claims. Raises PipelineError with a model_* class."""
        ...
