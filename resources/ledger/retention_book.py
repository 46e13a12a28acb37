"""Retention on the ledger's database.

What belongs here: the ``RetentionBook`` port, each method handing its request to the ledger's writer or to a read. What does
not: statements (see ``retentions`` and ``retention_reading``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from artifact_assets.domain.records import Intervention, Meeting
from artifact_assets.domain.retention import CONFIRMED, Need, Outlook, Part, Removal, RetentionPolicy
from resources.ledger import retention_reading, retentions
from resources.ledger.erasure_book import SqlErasures
from resources.ledger.ledger import SqlLedger
from resources.ledger.rows import meeting_from
from resources.ledger.tables import INTERVENTIONS

_CONFIRMED = (
    select(INTERVENTIONS.c.details)
    .where(INTERVENTIONS.c.action == CONFIRMED)
    .order_by(INTERVENTIONS.c.id.desc())
    .limit(1)
)


class SqlRetentions:
    """``RetentionBook`` in the ledger's database."""

    def __init__(self, ledger: SqlLedger) -> None:
        self._ledger = ledger
        self._erasures = SqlErasures(ledger)

    async def candidates(
        self, policy: RetentionPolicy, now: datetime, *, after: int, most: int
    ) -> tuple[Sequence[tuple[Meeting, tuple[Part, ...]]], int | None]:
        """See ``RetentionBook.candidates``."""
        statement = retention_reading.candidates(policy, now, after, most)
        page = await self._ledger.read(statement, lambda row: (int(row.row_id), row))
        values = [(row_id, {k: v for k, v in row._mapping.items() if k != "row_id"}) for row_id, row in page]  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - its documented name
        meetings = [meeting_from(of_row) for _, of_row in values]
        ids = [meeting.meeting_id for meeting in meetings]
        rows = await self._ledger.read(retention_reading.parts_gone(ids), lambda row: (row.meeting_id, row.part))
        gone = set(rows)
        found = [(meeting, _due(policy, meeting, now, gone)) for meeting in meetings]
        return [(meeting, parts) for meeting, parts in found if parts], page[-1][0] if len(page) == most else None

    async def outlook(
        self, meeting_id: str, parts: tuple[Part, ...], now: datetime, *, reviews: bool
    ) -> Outlook | None:
        """See ``RetentionBook.outlook``."""
        request = retentions.Beginning(meeting_id, parts, now, reviews, commit=False)
        return await self._ledger.write(retentions.begin, request, meeting_id)

    async def begin(
        self, meeting_id: str, parts: tuple[Part, ...], now: datetime, *, reviews: bool
    ) -> tuple[Need, ...] | tuple[Removal, ...]:
        """See ``RetentionBook.begin``."""
        return await self._ledger.write(
            retentions.begin, retentions.Beginning(meeting_id, parts, now, reviews), meeting_id
        )

    async def unfinished(self) -> tuple[Removal, ...]:
        """See ``RetentionBook.unfinished``."""
        return await self._ledger.read(retention_reading.unfinished(), retention_reading.removal_from)

    async def free(self, digests: Sequence[str], meeting_id: str) -> tuple[str, ...]:
        """See ``RetentionBook.free``."""
        return await self._erasures.free(digests, meeting_id)

    async def blank(self, removal: Removal) -> None:
        """See ``RetentionBook.blank``."""
        await self._ledger.write(retentions.blank, removal, removal.meeting_id)

    async def compact(self) -> None:
        """See ``RetentionBook.compact``."""
        await self._erasures.compact()

    async def finish(self, removals: Mapping[Removal, int], who: str, now: datetime) -> None:
        """See ``RetentionBook.finish``."""
        await self._ledger.write(
            retentions.finish, retentions.Ending(removals, who, now), *{r.meeting_id for r in removals}
        )

    async def confirmed(self) -> str | None:
        """See ``RetentionBook.confirmed``."""
        found = await self._ledger.read(_CONFIRMED, lambda row: row.details.get("policy"))
        return found[0] if found else None

    async def confirm(self, policy_id: str, who: str, now: datetime) -> None:
        """See ``RetentionBook.confirm``."""
        told = {"policy": policy_id}
        await self._ledger.intervene(Intervention(now, who, "saw what it removes", CONFIRMED, details=told))


def _due(policy: RetentionPolicy, meeting: Meeting, now: datetime, gone: set[tuple[str, str]]) -> tuple[Part, ...]:
    due = [
        part
        for part in policy.due(meeting.kind, meeting.received_at, now)
        if (meeting.meeting_id, part.value) not in gone
    ]
    # A file that was handed in again goes again, whatever its kind is by now.
    if meeting.source and (meeting.meeting_id, Part.SOURCE.value) in gone:
        due.insert(0, Part.SOURCE)
    return tuple(due)
