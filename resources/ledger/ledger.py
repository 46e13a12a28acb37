"""The ledger on a relational database.

What belongs here: the ``Ledger`` port, each method handing its request on. What does not: SQL and the writer's thread.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Generator, Iterable, Mapping
from datetime import datetime
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, Engine, Executable, Row
from sqlalchemy.exc import SQLAlchemyError

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.ports import Clock
from artifact_assets.domain.records import (
    Arrival,
    Attempt,
    Checkpoint,
    Intent,
    IntentPlan,
    Intervention,
    KnownItem,
    Meeting,
    Opened,
    Reception,
    Settlement,
    StageCommit,
    Transition,
)
from artifact_assets.domain.states import IntentState, MeetingState
from resources.database.engine import connect_engine, database_file, listing, make_private, parsed_url, reading
from resources.database.failures import database_failure
from resources.database.locks import exclusive
from resources.database.queries import query
from resources.database.transaction import Transaction
from resources.database.writer import Writer
from resources.ledger import checkpoints, claims, commits, intents, interventions, items, leases, marks, meetings, rows
from resources.ledger.columns import SqlColumns
from resources.ledger.destination_port import DestinationPort
from resources.ledger.held import HeldPort
from resources.ledger.planning import Plan, plan
from resources.ledger.reception import REFUSED, Received, receive
from resources.ledger.replay_port import ReplayPort
from resources.ledger.retirement import RetirementPort
from resources.ledger.schema import prepare
from resources.ledger.settling import settle

T = TypeVar("T")


def open_ledger(url: str, *, tenant: str, clock: Clock, database_time: bool = True) -> SqlLedger:
    """The ledger at ``url``, created on first use.

    Raises PipelineError(storage_unavailable) when it cannot be reached, is newer or older than this program, or belongs
    to another tenant. ``database_time`` judges leases by the server's clock where there is one.
    """
    parsed = parsed_url(url)
    file = database_file(parsed)
    if file is not None:
        make_private(file)
    engine = connect_engine(parsed)
    try:
        prepare(engine, tenant, clock.now)
    except SQLAlchemyError as error:
        engine.dispose()
        raise database_failure(error, "the ledger was not opened") from None
    except BaseException:
        engine.dispose()
        raise
    return SqlLedger(engine, clock, database_time=database_time and file is None)


def _failure(error: SQLAlchemyError, _committing: bool) -> PipelineError:
    return database_failure(error, "nothing of what was being recorded counts as stored")


class SqlLedger(ReplayPort, RetirementPort, DestinationPort, HeldPort):
    """``Ledger`` on SQLite or PostgreSQL. Open it with ``open_ledger``; close it, or use it as a context manager."""

    def __init__(self, engine: Engine, clock: Clock, *, database_time: bool) -> None:
        def transaction(connection: Connection) -> Transaction:
            return Transaction(connection, clock.now, database_time)

        self.engine = engine
        self._reading = reading(engine)
        self._writer = Writer(engine, transaction, _failure, "ledger")
        self._writer.after_group = self._group_told
        self._told: list[Checkpoint] = []
        self.on_group: Callable[[], None] | None = None
        """Called by the writer's thread after a group's ``after`` callbacks, before its checkpoints count as logged."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Finish what is queued and disconnect. Raises what the last ``after`` callbacks raised."""
        self._writer.close()
        self.engine.dispose()
        self._raise_late_errors()

    async def flush(self) -> None:
        """Wait until everything queued is committed and told. Raises what ``after`` callbacks raised."""
        await asyncio.wrap_future(self._writer.flushed())
        self._raise_late_errors()

    async def receive(self, arrival: Arrival, now: datetime) -> tuple[Meeting, Reception]:
        """See ``Ledger.receive``."""
        meeting, reception = await self.write(receive, Received(arrival, now), arrival.meeting_id)
        if reception in REFUSED:
            raise REFUSED[reception](meeting)
        return meeting, reception

    async def mark(self, marked: Mapping[str, str]) -> None:
        """See ``Ledger.mark``."""
        await self.write(marks.mark, dict(marked), *marked)

    async def marks(self, sources: Iterable[str] | None = None) -> Mapping[str, str]:
        """See ``Ledger.marks``."""
        return dict([pair for part in marks.of(sources) for pair in await self._read(part, marks.pair)])

    async def begin(
        self,
        meeting_id: str,
        owner: str,
        lease_seconds: float,
        *,
        displacing: str | None = None,
        backfill: str | None = None,
        at_once: int | None = None,
    ) -> Opened | None:
        """See ``Ledger.begin``."""
        wish = leases.Begin(meeting_id, owner, lease_seconds, displacing, backfill, at_once)
        return await self.write(leases.begin, wish, meeting_id)

    async def renew(self, meeting_ids: Iterable[str], owner: str, lease_seconds: float) -> None:
        """See ``Ledger.renew``."""
        ids = tuple(meeting_ids)
        await self.write(leases.renew, leases.Renewal(ids, owner, lease_seconds), *ids)

    async def commit(self, commit: StageCommit, after: Callable[[], None] | None = None) -> None:
        """See ``Ledger.commit``. When ``after`` succeeds, the checkpoint counts as logged."""
        told = None if after is None else lambda: self._tell(commit.checkpoint, after)
        await self._writer.submit(commits.commit, commit, (commit.meeting_id,), told)

    async def release(self, meeting_id: str, owner: str) -> None:
        """See ``Ledger.release``."""
        await self.write(leases.release, (meeting_id, owner), meeting_id)

    async def plan(
        self, plans: tuple[IntentPlan, ...], now: datetime, *, withdrawing: tuple[str, ...] = ()
    ) -> tuple[Intent, ...]:
        """See ``Ledger.plan``."""
        keys = {p.intent_key for p in plans} | {p.record_key for p in plans} | set(withdrawing)
        return await self.write(plan, Plan(plans, now, withdrawing), *keys)

    async def claim(self, intent_key: str, owner: str, lease_seconds: float, now: datetime) -> Intent | None:
        """See ``Ledger.claim``."""
        return await self.write(claims.claim, claims.Claim(intent_key, owner, lease_seconds, now), intent_key)

    async def claim_lookup(self, intent_key: str, owner: str, lease_seconds: float, now: datetime) -> Intent | None:
        """See ``Ledger.claim_lookup``."""
        return await self.write(claims.claim_lookup, claims.Claim(intent_key, owner, lease_seconds, now), intent_key)

    async def settle(self, settlement: Settlement) -> Intent:
        """See ``Ledger.settle``."""
        return await self.write(settle, settlement, settlement.intent_key)

    async def lapse(self, now: datetime, *, gone: frozenset[str] = frozenset()) -> int:
        """See ``Ledger.lapse``."""
        return await self.write(claims.lapse, claims.Lapse(now, gone), claims.lapse)

    async def logged(self, checkpoints: Iterable[Checkpoint]) -> None:
        """See ``Ledger.logged``."""
        await self._log(tuple(checkpoints))

    async def intervene(self, intervention: Intervention) -> None:
        """See ``Ledger.intervene``."""
        await self.write(interventions.intervene, intervention)

    async def due(self, now: datetime, limit: int) -> tuple[Intent, ...]:
        """See ``Ledger.due``."""
        return await self._read(intents.due(now, limit), rows.intent_from)

    async def pending(self, limit: int) -> tuple[Checkpoint, ...]:
        """See ``Ledger.pending``."""
        return await self._read(checkpoints.pending(limit), rows.checkpoint_from)

    async def meeting(self, meeting_id: str) -> Meeting | None:
        """See ``Ledger.meeting``."""
        found = await self.meetings(ids=(meeting_id,))
        return found[0] if found else None

    async def meetings(
        self,
        *,
        state: MeetingState | None = None,
        failure_class: FailureClass | None = None,
        ids: Iterable[str] | None = None,
    ) -> tuple[Meeting, ...]:
        """See ``Ledger.meetings``."""
        return await self._read(meetings.selected(state, failure_class, ids), rows.meeting_from)

    async def waiting(
        self, now: datetime, since: datetime, *, live: bool, most: int, offset: int
    ) -> tuple[Meeting, ...]:
        """See ``Ledger.waiting``."""
        return await self._read(meetings.waiting(now, since, live=live, most=most, offset=offset), rows.meeting_from)

    async def due_again(self, now: datetime, limit: int) -> tuple[Meeting, ...]:
        """See ``Ledger.due_again``."""
        return await self._read(meetings.due_again(now, limit), rows.meeting_from)

    async def checkpoints(self, meeting_id: str) -> tuple[Checkpoint, ...]:
        """See ``Ledger.checkpoints``."""
        return await self._read(checkpoints.of_meeting(meeting_id), rows.checkpoint_from)

    async def items(self, meeting_id: str) -> tuple[KnownItem, ...]:
        """See ``Ledger.items``."""
        return await self._read(items.of_meeting(meeting_id), rows.item_from)

    async def intents(self, *, meeting_id: str | None = None, state: IntentState | None = None) -> tuple[Intent, ...]:
        """See ``Ledger.intents``."""
        return await self._read(intents.selected(meeting_id, state), rows.intent_from)

    async def attempts(self, intent_key: str) -> tuple[Attempt, ...]:
        """See ``Ledger.attempts``. Look-ups stand beside the attempt they clear up, under its number."""
        return await self._read(intents.attempts_of(intent_key), rows.attempt_from)

    async def transitions(self, meeting_id: str) -> tuple[Transition, ...]:
        """See ``Ledger.transitions``."""
        return await self._read(meetings.transitions_of(meeting_id), rows.transition_from)

    async def interventions(self, meeting_id: str) -> tuple[Intervention, ...]:
        """See ``Ledger.interventions``."""
        return await self._read(interventions.of_meeting(meeting_id), rows.intervention_from)

    @contextlib.contextmanager
    def insertion_lock(self) -> Generator[None]:
        """See ``Ledger.insertion_lock``."""
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(exclusive(self.engine, "insertion"))
            except SQLAlchemyError as error:
                raise database_failure(error, "no partition was added") from None
            yield
            try:
                stack.close()
            except SQLAlchemyError as error:
                raise database_failure(error, "others may have added partitions in between") from None

    def columns(self) -> SqlColumns:
        """The same ledger read in bulk, for counting."""
        return SqlColumns(listing(self.engine))

    async def write(self, operation: Any, request: Any, *keys: Any) -> Any:
        """Have a request of a neighbouring store done by this ledger's writer; see ``Operation``."""
        return await self._writer.submit(operation, request, keys)

    async def read(self, statement: Executable, value: Callable[[Row[Any]], T]) -> tuple[T, ...]:
        """Rows of a neighbouring store's table."""
        return await self._read(statement, value)

    async def _log(self, done: tuple[Checkpoint, ...]) -> None:
        await self.write(checkpoints.mark_logged, done, *{checkpoint.meeting_id for checkpoint in done})

    async def _read(self, statement: Executable, value: Callable[[Row[Any]], T]) -> tuple[T, ...]:
        def read() -> tuple[T, ...]:
            try:
                return query(self._reading, lambda connection: tuple(map(value, connection.execute(statement))))
            except SQLAlchemyError as error:
                raise database_failure(error, "it could not be read") from None

        return await asyncio.to_thread(read)

    def _tell(self, checkpoint: Checkpoint | None, after: Callable[[], None]) -> None:
        after()
        if checkpoint is not None:
            self._told.append(checkpoint)

    def _group_told(self) -> None:
        told, self._told = tuple(self._told), []
        if self.on_group is not None:
            self.on_group()
        if told:
            self._writer.follow(checkpoints.mark_logged, told, tuple({c.meeting_id for c in told}))

    def _raise_late_errors(self) -> None:
        if errors := self._writer.late_errors():
            errors[0].add_note(f"{len(errors) - 1} more events could not be told.")
            raise errors[0]
