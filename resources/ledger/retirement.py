"""Meetings that left the partition set, and the documents that rows still name.

What belongs here: the part of the ``Ledger`` port about the working set, with its statements. What does not: when something
leaves (see ``artifact_assets.domain.working_set``).
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import JSON, Column, Row, Select, String, Table, Text, bindparam, cast, or_, select, update

from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.states import MeetingState
from artifact_assets.domain.working_set import FINISHED
from resources.database.columns import Words
from resources.database.transaction import Transaction
from resources.ledger.tables import MEETINGS, METADATA

T = TypeVar("T")

_M = MEETINGS.c
_STATES = sorted(state.value for state in FINISHED)
_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
# Spelled out: an IN list cannot be part of a statement that is executed for many rows.
_FREE = (_M.retired_at.is_(None), or_(*(_M.state == state for state in _STATES)), _M.lease_owner.is_(None))
_RETIRE = (
    update(MEETINGS)
    .where(_M.meeting_id == bindparam("b_meeting_id"), _M.updated_at < bindparam("b_since"), *_FREE)
    .values(retired_at=bindparam("b_now"))
)

OF_WHAT_WENT = frozenset({"erasures", "erased_transcripts", "retentions"})
_CLOSED = select(_M.meeting_id).where(or_(_M.state == MeetingState.ERASED.value, _M.documents_gone_at.is_not(None)))


@dataclass(frozen=True)
class Retiring:
    """A request to remember that meetings left."""

    meeting_ids: tuple[str, ...]
    unchanged_since: datetime
    now: datetime


def finished_before(moment: datetime, limit: int) -> Select[Any]:
    """See ``Retirement.finished_before``."""
    return select(_M.meeting_id).where(_M.updated_at < moment, *_FREE).order_by(_M.updated_at).limit(limit)


def retire(transaction: Transaction, requests: Sequence[Retiring]) -> Sequence[PipelineError | None]:
    """Mark meetings as retired, if nothing happened to them since they were looked at."""
    for request in requests:
        rows = [
            {"b_meeting_id": key, "b_since": request.unchanged_since, "b_now": request.now}
            for key in sorted(request.meeting_ids)
        ]
        transaction.many(_RETIRE, rows)
    return [None] * len(requests)


def naming_statements(first: str, after: str, *, living: bool = False) -> list[Select[Any]]:
    """One statement per column that may name a document: plain text within the range, JSON and text that may hold any.

    Every column counts, those of tables to come too: a document that is named anywhere is kept. ``living`` leaves out
    rows of meetings whose documents went, and the tables that remember what went.
    """
    return [
        statement.where(table.c.meeting_id.not_in(_CLOSED)) if living and "meeting_id" in table.c else statement
        for table in METADATA.sorted_tables
        if not living or table.name not in OF_WHAT_WENT
        for column in table.c
        if (statement := _naming(table, column, first, after)) is not None
    ]


def _naming(table: Table, column: Column[Any], first: str, after: str) -> Select[Any] | None:
    if isinstance(column.type, JSON):
        text = cast(column, Text)
        # A digest's first characters anywhere in it: coarse, and it spares Python most rows.
        return select(text).select_from(table).where(text.contains(first))
    if isinstance(column.type, String) and not isinstance(column.type, Words):
        return select(column).where(column >= first, column < after).distinct()
    return None


def digests_in(text: str) -> list[str]:
    """Everything in a value that has the form of a digest."""
    return _DIGEST.findall(text)


class RetirementPort(ABC):
    """Mixed into ``SqlLedger``, which brings ``write`` and ``read``."""

    @abstractmethod
    async def write(self, operation: Any, request: Any, *keys: Any) -> Any:
        """Have the writer do a request."""

    @abstractmethod
    async def read(self, statement: Select[Any], value: Callable[[Row[Any]], T]) -> tuple[T, ...]:
        """Rows as values."""

    async def finished_before(self, moment: datetime, limit: int) -> tuple[str, ...]:
        """See ``Retirement.finished_before``."""
        return await self.read(finished_before(moment, limit), lambda row: str(row[0]))

    async def retire(self, meeting_ids: Iterable[str], unchanged_since: datetime, now: datetime) -> None:
        """See ``Retirement.retire``."""
        ids = tuple(meeting_ids)
        await self.write(retire, Retiring(ids, unchanged_since, now), *ids)

    async def named_documents(self, first: str, after: str) -> frozenset[str]:
        """See ``Retirement.named_documents``."""
        return await self._named(naming_statements(first, after), first, after)

    async def named_by_living(self, first: str, after: str) -> frozenset[str]:
        """The same of meetings whose documents are there."""
        return await self._named(naming_statements(first, after, living=True), first, after)

    async def _named(self, statements: Iterable[Select[Any]], first: str, after: str) -> frozenset[str]:
        found: set[str] = set()
        for statement in statements:
            for digests in await self.read(statement, lambda row: digests_in(str(row[0]))):
                found.update(digest for digest in digests if first <= digest < after)
        return frozenset(found)
