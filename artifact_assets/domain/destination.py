"""The port to a CRM or ATS, and the proof of acceptance it gives.

What belongs here: the few interactions with a destination. What does not: what is written (see ``records``) and the
adapters (see ``resources.destinations``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from artifact_assets.domain.capabilities import Capability, Family, Preflight
from artifact_assets.domain.exchange import (
    NOTHING_KNOWN,
    Candidate,
    Context,
    RemoteField,
    Standing,
    Wanted,
    Written,
)
from artifact_assets.domain.records import (
    Intent,
    Json,
)


@dataclass(frozen=True)
class Receipt:
    """Proof that a destination accepted a write. ``record_id`` is the destination's own id; ``url`` leads a person there.

    ``previous`` is the value an overwrite replaced; ``applied`` is False when nothing had to change. ``stamp`` is the target's
    modification stamp after the write, where the destination tells it and nobody else had changed the target before since the
    meeting: whoever finds it again knows that all since is ours.
    """

    record_id: str
    url: str | None = None
    applied: bool = True
    previous: str | None = None
    status: int | None = None
    correlation_id: str | None = None
    request_digest: str | None = None
    stamp: str | None = None

    def as_json(self) -> Json:
        """The receipt as the ledger stores it."""
        return {key: value for key, value in vars(self).items() if value is not None}


class Destination(Protocol):
    """A CRM or ATS. Every error is a PipelineError whose class tells whether the write may have happened."""

    @property
    def name(self) -> str:
        """The configured name."""
        ...

    @property
    def vendor(self) -> str:
        """Which system it is, as the configuration names it."""
        ...

    @property
    def family(self) -> Family:
        """Which sort of system it is."""
        ...

    async def account(self) -> str:
        """The vendor account behind the name, read at preflight."""
        ...

    async def preflight(self) -> Preflight:
        """What the account allows, asked once and remembered. Raises PipelineError with its remedy."""
        ...

    async def capability(self, operation: str) -> Capability:
        """What can be promised about one operation; REVIEW for one the destination does not have."""
        ...

    async def send(self, intent: Intent, context: Context = NOTHING_KNOWN) -> Receipt:
        """Write once. Raises PipelineError: destination_* when known not applied, delivery_uncertain when unanswered."""
        ...

    async def look_up(self, intent: Intent, context: Context = NOTHING_KNOWN) -> Receipt | None:
        """The record of ``intent.record_key`` with this payload at the destination, or None when it is not there."""
        ...

    async def standing(self, intent: Intent, context: Context = NOTHING_KNOWN) -> Standing:
        """What ``send`` would do now; nothing is written."""
        ...

    async def written(self, intent: Intent) -> tuple[Written, ...]:
        """Every record at the destination with the intent's key or marker. Only for operations that create records."""
        ...

    async def closed(self, intent: Intent) -> bool | None:
        """Whether the record ``intent`` lands on is closed: won, lost, archived.

        False for kinds of record that never close, None when the destination cannot tell. Raises PipelineError as
        ``send`` does.
        """
        ...

    async def candidates(self, wanted: Wanted) -> tuple[Candidate, ...]:
        """Records a meeting with these people may be about."""
        ...

    async def fields(self, kind: str) -> tuple[RemoteField, ...]:
        """The schema of one object; empty where the destination has none."""
        ...

    @property
    def consistency_seconds(self) -> float:
        """How long a write may stay invisible to ``look_up``."""
        ...
