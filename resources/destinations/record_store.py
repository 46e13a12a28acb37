"""The embedded destination: a small record store, so that the pipeline ends somewhere without any account.

What belongs here: the ``Destination`` port and the way in for people. What does not: what writes and edits do to the rows
(see ``record_operations`` and ``record_view``).
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, Engine, insert, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from artifact_assets.domain.capabilities import UNSUPPORTED, Capability, Family, Preflight, Rung
from artifact_assets.domain.destination import Receipt
from artifact_assets.domain.erasure import Taken
from artifact_assets.domain.exchange import (
    NOTHING_KNOWN,
    Candidate,
    Context,
    RemoteField,
    Standing,
    Wanted,
    Written,
)
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Intent
from resources.database.compacting import compact
from resources.database.engine import connect_engine, database_file, make_private, parsed_url, reading
from resources.database.failures import database_failure
from resources.database.locks import exclusive
from resources.database.queries import query
from resources.database.transaction import Transaction
from resources.database.writer import Writer
from resources.destinations.record_erasing import erase
from resources.destinations.record_operations import OPERATIONS, look_up, send
from resources.destinations.record_standing import standing, written
from resources.destinations.record_tables import ACCOUNT, METADATA
from resources.destinations.record_view import Edit, Record, edit, read_records

T = TypeVar("T")

SCHEMA_VERSION = 1

_KEYED = Capability(Rung.UPSERT_KEY, moves=True)


def _now() -> datetime:
    return datetime.now(UTC)


class RecordStore:
    """``Destination`` on a database of its own, with contacts, companies, deals, candidates, tasks and notes.

    Missing records are created. The record key is unique in the store, so the same write twice is one write. Close it,
    or use it as a context manager.
    """

    def __init__(self, engine: Engine, name: str, now: Callable[[], datetime]) -> None:
        def transaction(connection: Connection) -> Transaction:
            return Transaction(connection, now, database_time=False)

        self._engine = engine
        self._reading = reading(engine)
        self._name = name
        self._writer = Writer(engine, transaction, _failure, "record-store")

    @classmethod
    def open(cls, url: str, *, name: str = "records", now: Callable[[], datetime] = _now) -> Self:
        """The store at a SQLAlchemy URL, created on first use. Raises PipelineError(destination_unavailable)."""
        try:
            parsed = parsed_url(url)
            file = database_file(parsed)
            if file is not None:
                make_private(file)
        except PipelineError as error:
            raise PipelineError(FailureClass.DESTINATION_UNAVAILABLE, error.cause, error.remedy) from None
        engine = connect_engine(parsed)
        try:
            _prepare(engine, now)
        except SQLAlchemyError as error:
            engine.dispose()
            raise _failure(error, False) from None
        except PipelineError:
            engine.dispose()
            raise
        return cls(engine, name, now)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Finish what is queued and disconnect."""
        self._writer.close()
        self._engine.dispose()

    @property
    def name(self) -> str:
        """See ``Destination.name``."""
        return self._name

    @property
    def consistency_seconds(self) -> float:
        """See ``Destination.consistency_seconds``: a write is visible as soon as it is accepted."""
        return 0.0

    async def account(self) -> str:
        """See ``Destination.account``: an id made when the store was created."""
        return await self._read(lambda connection: connection.execute(select(ACCOUNT.c.account_id)).scalar_one())

    @property
    def vendor(self) -> str:
        """See ``Destination.vendor``."""
        return "records"

    @property
    def family(self) -> Family:
        """See ``Destination.family``."""
        return Family.EMBEDDED

    async def preflight(self) -> Preflight:
        """See ``Destination.preflight``."""
        return Preflight(await self.account(), dict.fromkeys(OPERATIONS, _KEYED))

    async def capability(self, operation: str) -> Capability:
        """See ``Destination.capability``."""
        return _KEYED if operation in OPERATIONS else UNSUPPORTED

    async def send(self, intent: Intent, context: Context = NOTHING_KNOWN) -> Receipt:
        """See ``Destination.send``. The store remembers what it was told, so ``context`` adds nothing."""
        del context
        return await self._write(send, intent, intent.record_key)

    async def look_up(self, intent: Intent, context: Context = NOTHING_KNOWN) -> Receipt | None:
        """See ``Destination.look_up``."""
        del context
        return await self._write(look_up, intent, intent.record_key)

    async def standing(self, intent: Intent, context: Context = NOTHING_KNOWN) -> Standing:
        """See ``Destination.standing``."""
        del context
        return await self._read(lambda connection: standing(connection, intent))

    async def written(self, intent: Intent) -> tuple[Written, ...]:
        """See ``Destination.written``."""
        return await self._read(lambda connection: written(connection, intent))

    async def candidates(self, wanted: Wanted) -> tuple[Candidate, ...]:
        """See ``Destination.candidates``: none, because the store makes a missing record by its key."""
        del wanted
        return ()

    async def closed(self, intent: Intent) -> bool | None:
        """See ``Destination.closed``: the store's records have no end."""
        del intent
        return False

    async def fields(self, kind: str) -> tuple[RemoteField, ...]:
        """See ``Destination.fields``: none, because the store takes any field."""
        del kind
        return ()

    async def list_records(self, kind: str) -> tuple[Record, ...]:
        """Records of one object (contact, company, deal, candidate, task or note), oldest first."""
        return await self._read(lambda connection: read_records(connection, kind))

    async def record(self, kind: str, record_id: str) -> Record | None:
        """One record."""
        found = await self._read(lambda connection: read_records(connection, kind, record_id))
        return found[0] if found else None

    async def edit(self, kind: str, record_id: str, field: str, value: str | None, by: str) -> None:
        """Change a field as a person would. Raises PipelineError(record_not_found) for an unknown object."""
        await self._write(edit, Edit(kind, record_id, field, value, by), (kind, record_id))

    async def delete(self, kind: str, record_id: str, by: str) -> None:
        """Delete a record as a person would; the pipeline will not make it again."""
        await self._write(edit, Edit(kind, record_id, None, None, by), (kind, record_id))

    async def forget(self, meeting_id: str, intents: Iterable[Intent]) -> Taken:
        """See ``Copies.forget``."""
        ours = tuple(intent for intent in intents if intent.destination == self._name)
        removed: int = await self._write(erase, ours, meeting_id)
        if ours:
            await asyncio.to_thread(compact, self._engine, [table.name for table in METADATA.sorted_tables])
        return Taken(removed)

    async def _write(self, operation: Any, request: Any, key: Any) -> Any:
        return await self._writer.submit(operation, request, (key,))

    async def _read(self, ask: Callable[[Connection], T]) -> T:
        def read() -> T:
            try:
                return query(self._reading, ask)
            except SQLAlchemyError as error:
                raise _failure(error, False) from None

        return await asyncio.to_thread(read)


def _prepare(engine: Engine, now: Callable[[], datetime]) -> None:
    if _is_ready(engine):
        return
    with exclusive(engine, "records"), engine.begin() as connection:
        METADATA.create_all(connection)
        if connection.execute(select(ACCOUNT)).first() is None:
            row = {"account_id": f"records-{uuid.uuid4().hex[:12]}", "schema_version": SCHEMA_VERSION}
            connection.execute(insert(ACCOUNT), [{**row, "created_at": now()}])


def _is_ready(engine: Engine) -> bool:
    with reading(engine).connect() as connection:
        if not inspect(connection).has_table(ACCOUNT.name):
            return False
        version = connection.execute(select(ACCOUNT.c.schema_version)).scalar()
    if version is not None and version > SCHEMA_VERSION:
        raise PipelineError(
            FailureClass.DESTINATION_UNAVAILABLE,
            f"The record store has version {version}, newer than this program ({SCHEMA_VERSION}), so it was left alone.",
            "Install the program version that wrote it.",
        )
    return version is not None


def _failure(error: SQLAlchemyError, committing: bool) -> PipelineError:
    """Before the commit nothing was applied; a commit without an answer may have been."""
    if committing:
        told = database_failure(error, "a write to the record store may or may not have been applied")
        return PipelineError(FailureClass.DELIVERY_UNCERTAIN, told.cause)
    told = database_failure(error, "nothing was written to the record store")
    return PipelineError(FailureClass.DESTINATION_UNAVAILABLE, told.cause)
