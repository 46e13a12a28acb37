"""Erasures on the ledger's database.

What belongs here: the ``ErasureBook`` port, each method handing its request to the ledger's writer or to a read. What does
not: statements (see ``erasures`` and ``holdings``).
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, union_all
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from artifact_assets.domain.erasure import Erasure, ErasureStep, Holdings, Taken, Tombstone
from resources.database.compacting import compact
from resources.database.failures import database_failure
from resources.ledger import erasures, holdings
from resources.ledger.erasure_tables import ERASURES
from resources.ledger.ledger import SqlLedger
from resources.ledger.retention_tables import RETENTIONS
from resources.ledger.scrubbing import COMPACTED

_ALL = select(ERASURES).order_by(ERASURES.c.requested_at, ERASURES.c.meeting_id)

_CLOSED = union_all(
    select(ERASURES.c.meeting_id).where(ERASURES.c.finished_at.is_not(None)).limit(1).subquery().select(),
    select(RETENTIONS.c.meeting_id).where(RETENTIONS.c.finished_at.is_not(None)).limit(1).subquery().select(),
)


class SqlErasures:
    """``ErasureBook`` in the ledger's database."""

    def __init__(self, ledger: SqlLedger) -> None:
        self._ledger = ledger

    async def holdings(self, meeting_id: str) -> Holdings | None:
        """See ``ErasureBook.holdings``."""
        return await self._ledger.write(holdings.holdings, meeting_id, meeting_id)

    async def close(self, tombstone: Tombstone, *, displacing: str | None = None) -> str | None:
        """See ``ErasureBook.close``."""
        closing = erasures.Closing(tombstone, displacing)
        return await self._ledger.write(erasures.close, closing, tombstone.meeting_id)

    async def erasure(self, meeting_id: str) -> Erasure | None:
        """See ``ErasureBook.erasure``."""
        found = await self._ledger.read(_ALL.where(ERASURES.c.meeting_id == meeting_id), erasures.erasure_from)
        return found[0] if found else None

    async def erasures(self, *, unfinished: bool = False) -> tuple[Erasure, ...]:
        """See ``ErasureBook.erasures``."""
        statement = _ALL.where(ERASURES.c.finished_at.is_(None)) if unfinished else _ALL
        return await self._ledger.read(statement, erasures.erasure_from)

    async def count(self) -> int:
        """How many erasures there are."""
        (known,) = await self._ledger.read(select(func.count()).select_from(ERASURES), lambda row: int(row[0]))
        return known

    async def call_off(self, meeting_id: str, now: datetime) -> int:
        """See ``ErasureBook.call_off``."""
        return await self._ledger.write(erasures.call_off, (meeting_id, now), meeting_id)

    async def free(self, digests: Sequence[str], meeting_id: str) -> tuple[str, ...]:
        """See ``ErasureBook.free``."""
        return await self._ledger.write(erasures.free, (meeting_id, tuple(digests)), meeting_id)

    async def scrub(self, meeting_id: str) -> int:
        """See ``ErasureBook.scrub``."""
        return await self._ledger.write(erasures.scrub, meeting_id, meeting_id)

    async def report_again(self, run_ids: Sequence[str]) -> int:
        """See ``ErasureBook.report_again``."""
        return await self._ledger.write(erasures.report_again, tuple(run_ids), erasures.report_again)

    async def done(self, meeting_id: str, step: ErasureStep, taken: Taken) -> None:
        """See ``ErasureBook.done``."""
        await self._ledger.write(erasures.progress, erasures.Progress(meeting_id, step, taken), meeting_id)

    async def finish(self, meeting_id: str, who: str, now: datetime) -> None:
        """See ``ErasureBook.finish``."""
        end = erasures.Progress(meeting_id, None, Taken(), now, who)
        await self._ledger.write(erasures.progress, end, meeting_id)

    async def anything_closed(self) -> bool:
        """See ``ErasureBook.anything_closed``."""
        return bool(await self._ledger.read(_CLOSED, lambda row: str(row[0])))

    async def closed_documents(self, first: str, after: str) -> frozenset[str]:
        """See ``ErasureBook.closed_documents``."""
        named = await self._ledger.named_documents(first, after)
        return named - await self._ledger.named_by_living(first, after) if named else named

    async def compact(self) -> None:
        """See ``ErasureBook.compact``."""
        try:
            await asyncio.to_thread(compact, self._ledger.engine, COMPACTED)
        except (SQLAlchemyError, sqlite3.Error) as error:
            told = error if isinstance(error, SQLAlchemyError) else OperationalError("VACUUM", None, error)
            raise database_failure(told, "it was not compacted") from None
