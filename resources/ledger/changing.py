"""Records whose values or tags somebody is writing right now.

What belongs here: keeping processes from changing one record at the same time. What does not: claiming itself (see ``claims``).

Many destinations take tags and multiple choices only as a whole list, and stamp a change on the record and not on the field: of
two that read, merge and write at once, one loses its tag, or takes the other's stamp for a person's.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, select, text

from artifact_assets.domain.capabilities import TAKES_EACH_CHANGE
from artifact_assets.domain.documents import canonical_json
from artifact_assets.domain.records import Intent, is_change
from artifact_assets.domain.states import IntentState
from resources.database.transaction import Transaction
from resources.ledger.tables import DESTINATIONS, INTENTS

_I = INTENTS.c
_SENDING = select(_I.destination, _I.target, _I.operation).where(
    _I.state == IntentState.SENDING.value, _I.destination.in_(bindparam("names", expanding=True))
)
_FREE = select(DESTINATIONS.c.name).where(
    DESTINATIONS.c.vendor.in_(sorted(TAKES_EACH_CHANGE)), DESTINATIONS.c.name.in_(bindparam("names", expanding=True))
)
# Two transactions do not see each other's claims; the second waits until the first has committed.
_TAKE = text("SELECT pg_advisory_xact_lock(:family, :record)")
_FAMILY = zlib.crc32(b"meeting-artifacts records") >> 1


@dataclass(frozen=True)
class Changing:
    """Records that are being changed, and destinations where that keeps nobody out."""

    records: set[bytes]
    free: frozenset[str]

    def begins(self, intent: Intent) -> bool:
        """Whether ``intent`` may be sent now; if so, its record is being changed from here on."""
        if not is_change(intent.operation) or intent.destination in self.free:
            return True
        record = _named(intent.destination, intent.target)
        if record in self.records:
            return False
        self.records.add(record)
        return True


def being_changed(transaction: Transaction, intents: Iterable[Intent]) -> Changing:
    """What is being changed at the destinations of ``intents``; nobody else begins to until the transaction ends."""
    changes = [intent for intent in intents if is_change(intent.operation)]
    names = sorted({intent.destination for intent in changes})
    free = frozenset(row.name for row in transaction.rows(_FREE, names=names)) if names else frozenset[str]()
    records = {_named(one.destination, one.target) for one in changes if one.destination not in free}
    if not records:
        return Changing(set(), free)
    if transaction.connection.dialect.name == "postgresql":
        for record in sorted(records):
            transaction.connection.execute(_TAKE, {"family": _FAMILY, "record": zlib.crc32(record) >> 1})
    sending = transaction.rows(_SENDING, names=names)
    return Changing({_named(row.destination, row.target) for row in sending if is_change(row.operation)}, free)


def _named(destination: str, target: object) -> bytes:
    return canonical_json([destination, target])
