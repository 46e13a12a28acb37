"""Destinations with a person sitting at each, and the writes that are tried on them.

What belongs here: what ``test_destination`` needs to know of an adapter. An adapter joins by an entry in ``DESKS``. What
does not: expectations.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from artifact_assets.domain.destination import Receipt
from artifact_assets.domain.documents import digest_of
from artifact_assets.domain.keys import intent_key, marker
from artifact_assets.domain.records import Intent
from resources.destinations.record_store import RecordStore
from tests.clock import ScriptedClock

DEAL = {"object": "deal", "id": "123"}
BEFORE, AFTER = "2026-11-17T11:00:00+00:00", "2026-11-17T13:00:00+00:00"


class Writing(Protocol):
    """The part of ``Destination`` that writes."""

    async def account(self) -> str: ...

    async def send(self, intent: Intent) -> Receipt: ...

    async def look_up(self, intent: Intent) -> Receipt | None: ...

    @property
    def consistency_seconds(self) -> float: ...


class Desk(Protocol):
    """A destination with a person sitting at it. ``clock`` stands at noon."""

    destination: Writing

    async def records(self, kind: str) -> list[Mapping[str, str]]:
        """The fields of every record of a kind."""
        ...

    async def field(self, kind: str, record_id: str, field: str) -> str | None:
        """One value as a person sees it."""
        ...

    async def tags(self, kind: str, record_id: str) -> tuple[str, ...]:
        """A record's tags."""
        ...

    async def edit(self, kind: str, record_id: str, field: str, value: str) -> None:
        """Change a value by hand."""
        ...

    async def delete(self, kind: str, record_id: str) -> None:
        """Delete a record by hand."""
        ...


class RecordDesk:
    """The embedded record store."""

    def __init__(self, store: RecordStore) -> None:
        self.destination: Writing = store
        self._store = store

    async def records(self, kind: str) -> list[Mapping[str, str]]:
        return [record.fields for record in await self._store.list_records(kind)]

    async def field(self, kind: str, record_id: str, field: str) -> str | None:
        record = await self._store.record(kind, record_id)
        return record.fields.get(field) if record is not None else None

    async def tags(self, kind: str, record_id: str) -> tuple[str, ...]:
        record = await self._store.record(kind, record_id)
        return record.tags if record is not None else ()

    async def edit(self, kind: str, record_id: str, field: str, value: str) -> None:
        await self._store.edit(kind, record_id, field, value, "Bo")

    async def delete(self, kind: str, record_id: str) -> None:
        await self._store.delete(kind, record_id, "Bo")


@contextmanager
def record_desk(url: str, clock: ScriptedClock) -> Generator[Desk]:
    with RecordStore.open(url, name="records", now=clock.now) as store:
        yield RecordDesk(store)


DESKS: dict[str, Callable[[str, ScriptedClock], AbstractContextManager[Desk]]] = {
    "records-sqlite": record_desk,
    "records-postgresql": record_desk,
}


def write(operation: str, record: str = "item-1", target: Mapping[str, str] = DEAL, **payload: Any) -> Intent:
    """A recorded decision to write, with keys as the pipeline makes them."""
    record_key = digest_of([record, operation])
    content = {**payload, "marker": marker(record_key)}
    digest = digest_of(content)
    return Intent(
        intent_key=intent_key(record_key, target, digest),
        record_key=record_key,
        meeting_id="sync",
        item_id=record,
        destination="records",
        account="any",
        operation=operation,
        target=target,
        payload=content,
        payload_digest=digest,
        revision="1",
    )


TASK = write("create_task", title="Send the contract", owner="Dana", due=None, quote="I will send it")
NOTE = write("add_note", body="Decision: go")
FIELD = write("set_field", field="amount", value="5000", as_of=BEFORE)
TAG = write("add_tag", tag="pricing")
