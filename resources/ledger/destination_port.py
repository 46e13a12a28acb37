"""The part of the ``Ledger`` port about destinations and the records that stand there.

What belongs here: methods handing requests to the writer or to a read. What does not: statements (see ``destinations``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Row, Select, select

from artifact_assets.domain.exchange import DestinationRow, FieldWritten, Switch
from artifact_assets.domain.records import Intent, Repair, Settlement
from resources.ledger import destinations, history, intents, rows
from resources.ledger.tables import DEPLOYMENT

T = TypeVar("T")


class DestinationPort(ABC):
    """Mixed into ``SqlLedger``, which brings ``write`` and ``read``."""

    @abstractmethod
    async def write(self, operation: Any, request: Any, *keys: Any) -> Any:
        """Have the writer do a request."""

    @abstractmethod
    async def read(self, statement: Select[Any], value: Callable[[Row[Any]], T]) -> tuple[T, ...]:
        """Rows as values."""

    async def destination_rows(self) -> tuple[DestinationRow, ...]:
        """See ``Ledger.destination_rows``."""
        return await self.read(destinations.ALL, destinations.row_from)

    async def meet(self, name: str, vendor: str, account: str, now: datetime) -> DestinationRow:
        """See ``Ledger.meet``."""
        return await self.write(destinations.meet, destinations.Meeting(name, vendor, account, now), name)

    async def switch(self, change: Switch) -> DestinationRow:
        """See ``Ledger.switch``."""
        return await self.write(destinations.switch, change, change.name)

    async def look_first(self, names: tuple[str, ...], wanted: bool) -> None:
        """See ``Ledger.look_first``."""
        await self.write(destinations.look_first, destinations.LookFirst(names, wanted), *names)

    async def fields_written(self, keys: Iterable[str]) -> Mapping[str, FieldWritten]:
        """See ``Ledger.fields_written``."""
        found = await self.read(destinations.fields_written(keys), destinations.field_from)
        return {row.key: row for row in found}

    async def note_repairs(self, repairs: Iterable[Repair]) -> None:
        """See ``Ledger.note_repairs``."""
        await self.write(history.note_repairs, tuple(repairs), "repairs")

    async def settle_field(self, settlement: Settlement, written: FieldWritten) -> Intent:
        """See ``Ledger.settle_field``."""
        request = (settlement, written)
        return await self.write(destinations.settle_fields, request, settlement.intent_key, written.key)

    async def intents_under(self, prefix: str) -> tuple[Intent, ...]:
        """See ``RecordSearch.intents_under``."""
        return await self.read(intents.under(prefix), rows.intent_from)

    async def intents_of(self, meeting_ids: Sequence[str]) -> tuple[Intent, ...]:
        """See ``RecordSearch.intents_of``."""
        return await self.read(intents.of_meetings(meeting_ids), rows.intent_from)

    async def intents_at(self, destination: str, record_id: str) -> tuple[Intent, ...]:
        """See ``RecordSearch.intents_at``."""
        return await self.read(intents.at(destination, record_id), rows.intent_from)

    async def identity(self) -> tuple[str, str]:
        """See ``RecordSearch.identity``."""
        (found,) = await self.read(select(DEPLOYMENT), lambda row: (str(row.ledger_id), str(row.tenant)))
        return found
