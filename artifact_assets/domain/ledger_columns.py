"""The ledger read in bulk, column by column, for counting.

What belongs here: which columns there are to count with, and the port. What does not: frames, metrics (see
``artifact_assets.reliability``) and SQL (see ``resources.ledger.columns``). No column here holds a person's words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

Columns = Mapping[str, Sequence[Any]]
"""Values by column name, all of one length. A time is a datetime in UTC, or the same as text without a zone."""


class Reading(StrEnum):
    """What can be read of the meetings received in a span of days."""

    MEETINGS = "meetings"
    TRANSITIONS = "transitions"
    STEPS = "steps"
    ITEMS = "items"
    INTENTS = "intents"
    ATTEMPTS = "attempts"
    CALLS = "calls"


@dataclass(frozen=True)
class Marks:
    """The newest row of each table that only grows: what came later is what changed since."""

    transitions: int = 0
    checkpoints: int = 0
    attempts: int = 0
    model_calls: int = 0
    interventions: int = 0


@dataclass(frozen=True)
class Days:
    """Whole UTC days, ``until`` excluded."""

    since: date
    until: date


class LedgerColumns(Protocol):
    """Bulk reads beside the ledger's writer. Raises PipelineError(storage_unavailable)."""

    async def read(self, what: Reading, days: Days) -> Columns:
        """The rows of ``what`` that belong to meetings received on ``days``, in the order they were written."""
        ...

    async def repairs(self, days: Days) -> Columns:
        """Records of such meetings that people edited or deleted: intent_key, what, noticed_at."""
        ...

    async def interventions(self, days: Days) -> Columns:
        """What people did on ``days``: at, action, meeting_id, kind, backfill."""
        ...

    async def dependency_changes(self, since: datetime) -> Columns:
        """How dependencies changed state since then, and their last change before: name, state, at, failure_class, cause."""
        ...

    async def marks(self) -> Marks:
        """Where the tables end now."""
        ...

    async def changed_days(self, marks: Marks) -> Iterable[date]:
        """The days to count anew.

        On them meetings were received that anything was written about after ``marks``, or people did something after them.
        """
        ...
