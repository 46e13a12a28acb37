"""The embedded record store as a vendor under test: the far side is its own database, in the same file system.

What belongs here: reading what landed. What does not: faults of connections, which it has none of.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from resources.destinations.record_store import RecordStore
from resources.destinations.record_view import Record, read_records
from tests.destinations.vendors import NAME, VendorCase


class RecordsSide:
    """What a person sees in the store. ``url`` is its database."""

    lag_seconds = 0.0

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'records.db'}"

    def texts(self) -> list[str]:
        """Marker and words of every task and note."""
        return [" ".join(record.fields.values()) for record in self._records("task", "note")]

    def value(self) -> str | None:
        """The amount of the deal."""
        return next((record.fields.get("amount") for record in self._records("deal")), None)

    def tags(self) -> int:
        """How often the deal has the tag."""
        return sum(record.tags.count("pricing") for record in self._records("deal"))

    def _records(self, *kinds: str) -> list[Record]:
        engine = create_engine(self.url)
        try:
            with engine.connect() as connection:
                return [record for kind in kinds for record in read_records(connection, kind)]
        finally:
            engine.dispose()


def embedded() -> VendorCase:
    """The store behind the same rig as the vendors."""

    def nothing(_: Any) -> Any:
        raise AssertionError("there is no HTTP in between")

    return VendorCase(
        fake=nothing,
        adapter=nothing,
        seed=nothing,
        value=lambda side: side.value(),
        tags=lambda side: side.tags(),
        opened=lambda url: RecordStore.open(url, name=NAME),
    )
