"""What group commit promises its callers, on SQLite and on PostgreSQL.

What belongs here: isolation inside a group, callbacks, closing, several loops. What does not: what is committed (see
``test_ledger``) and several processes (see ``test_ledger_processes``).
"""

from __future__ import annotations

import asyncio
import threading
from datetime import datetime
from typing import Any, Self

import pytest
from sqlalchemy import event, text

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Reception
from artifact_assets.domain.states import MeetingState
from resources.ledger.ledger import SqlLedger, open_ledger
from resources.ledger.tables import DEPLOYMENT, VERSION_TABLE
from tests.clock import NOON, ScriptedClock
from tests.conftest import TENANT
from tests.contracts.ledger_values import arrival, checkpoint, held, later, planned, stage_commit
from tests.postgres import Postgres


def engine_of(ledger: SqlLedger) -> Any:
    return ledger.engine


class Stalled:
    """Keeps the writer busy, so that whatever is asked meanwhile becomes one group."""

    def __init__(self, ledger: SqlLedger) -> None:
        self._ledger = ledger
        self._go = threading.Event()

    async def __aenter__(self) -> Self:
        begun = threading.Event()

        def wait() -> None:
            begun.set()
            assert self._go.wait(20)

        await held(self._ledger, "stalled", owner="run-1")
        await self._ledger.commit(stage_commit("stalled", checkpoint=None), after=wait)
        assert await asyncio.to_thread(begun.wait, 20)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._go.set()

    def go(self) -> None:
        """Let the writer go on."""
        self._go.set()


async def all_at_once(ledger: SqlLedger, *calls: Any) -> list[Any]:
    """Have all calls committed in one group."""
    async with Stalled(ledger) as stalled:
        tasks = [asyncio.ensure_future(call) for call in calls]
        await asyncio.sleep(0)
        stalled.go()
        return await asyncio.gather(*tasks, return_exceptions=True)


async def test_what_is_asked_meanwhile_is_committed_together(ledger: SqlLedger) -> None:
    commits: list[int] = []

    def count(_: Any) -> None:
        commits.append(1)

    event.listen(engine_of(ledger), "commit", count)
    async with Stalled(ledger) as stalled:
        before = len(commits)
        tasks = [asyncio.ensure_future(ledger.receive(arrival(f"m{n}"), NOON)) for n in range(20)]
        await asyncio.sleep(0)
        stalled.go()
        outcomes = await asyncio.gather(*tasks)
    assert [reception for _, reception in outcomes] == [Reception.NEW] * 20
    assert len(commits) == before + 1


async def test_a_refused_request_costs_only_its_caller(ledger: SqlLedger) -> None:
    for name in ("a", "b"):
        await held(ledger, name)
    first, refused, second = await all_at_once(
        ledger,
        ledger.commit(stage_commit("a")),
        ledger.commit(stage_commit("nobody")),
        ledger.commit(stage_commit("b")),
    )
    assert (first, second) == (None, None)
    assert isinstance(refused, PipelineError)
    assert [m.state for m in await ledger.meetings(ids=["a", "b"])] == [MeetingState.NORMALIZED] * 2


async def test_a_request_the_database_refuses_costs_only_its_caller(ledger: SqlLedger) -> None:
    for name in ("a", "b"):
        await held(ledger, name)
    naive = datetime(2026, 11, 17)  # noqa: DTZ001 - what the database layer refuses
    twice = stage_commit("b", checkpoint=checkpoint("b", document=None))
    first, broken, refused = await all_at_once(
        ledger,
        ledger.commit(stage_commit("a")),
        ledger.receive(arrival("c"), naive),
        ledger.commit(twice),
    )
    assert first is None
    assert isinstance(broken, Exception)
    assert isinstance(refused, PipelineError)
    assert refused.failure_class is FailureClass.STORAGE_UNAVAILABLE
    assert [(m.meeting_id, m.state) for m in await ledger.meetings(ids=["a", "b", "c"])] == [
        ("a", MeetingState.NORMALIZED),
        ("b", MeetingState.RECEIVED),
    ]


async def test_requests_about_one_meeting_keep_their_order(ledger: SqlLedger) -> None:
    await held(ledger)
    order = [MeetingState.NORMALIZED, MeetingState.EXTRACTED, MeetingState.VALIDATED, MeetingState.DELIVERED]
    await all_at_once(
        ledger,
        *(ledger.commit(stage_commit(state=state, checkpoint=None)) for state in order),
        ledger.release("sync", "run-1"),
        ledger.begin("sync", "run-2", 60),
    )
    assert [t.after for t in (await ledger.transitions("sync"))[1:]] == order
    meeting = await ledger.meeting("sync")
    assert meeting is not None
    assert meeting.lease_owner == "run-2"


async def test_of_two_owners_asking_at_once_exactly_one_gets_the_meeting(ledger: SqlLedger) -> None:
    await ledger.receive(arrival(), NOON)
    outcomes = await all_at_once(ledger, *(ledger.begin("sync", f"run-{n}", 60) for n in range(5)))
    assert sum(outcome is not None for outcome in outcomes) == 1


async def test_of_two_writes_to_one_record_claimed_at_once_exactly_one_goes(ledger: SqlLedger) -> None:
    await ledger.plan((planned(),), NOON)
    outcomes = await all_at_once(ledger, *(ledger.claim("task-1", f"run-{n}", 60, later(1)) for n in range(5)))
    assert sum(outcome is not None for outcome in outcomes) == 1
    assert len(await ledger.attempts("task-1")) == 1


async def test_when_the_commit_fails_every_caller_hears_it_and_nothing_is_stored(
    ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        await held(ledger, name)
    dialect = engine_of(ledger).dialect

    def fail(_: Any) -> None:
        raise dialect.loaded_dbapi.OperationalError("disk full: secret value")

    async with Stalled(ledger) as stalled:
        monkeypatch.setattr(dialect, "do_commit", fail)
        tasks = [asyncio.ensure_future(ledger.commit(stage_commit(name))) for name in ("a", "b")]
        await asyncio.sleep(0)
        stalled.go()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    monkeypatch.undo()
    for outcome in outcomes:
        assert isinstance(outcome, PipelineError)
        assert outcome.failure_class is FailureClass.STORAGE_UNAVAILABLE
        assert "secret" not in str(outcome)
    assert outcomes[0] is not outcomes[1]
    assert await ledger.checkpoints("a") == ()
    await ledger.commit(stage_commit("a"))
    assert await ledger.checkpoints("a") == (checkpoint("a"),)


async def test_a_database_error_says_neither_statement_nor_values(ledger: SqlLedger) -> None:
    with engine_of(ledger).begin() as connection:
        connection.execute(text("DROP TABLE intents"))
    for attempt in (ledger.plan((planned(payload={"title": "private words"}),), NOON), ledger.intents()):
        with pytest.raises(PipelineError) as failure:
            await attempt
        assert failure.value.failure_class is FailureClass.STORAGE_UNAVAILABLE
        assert "private" not in str(failure.value)
        assert "SELECT" not in str(failure.value)
        assert failure.value.__suppress_context__ or failure.value.__context__ is None


async def test_the_event_is_told_after_the_commit_and_then_no_longer_pending(ledger: SqlLedger) -> None:
    await held(ledger)
    seen: list[Any] = []
    thread: list[str] = []

    def tell() -> None:
        thread.append(threading.current_thread().name)
        with engine_of(ledger).connect() as connection:
            seen.append(connection.exec_driver_sql("SELECT count(*) FROM checkpoints").scalar())

    await ledger.commit(stage_commit(), after=tell)
    await ledger.flush()
    assert (seen, thread) == ([1], ["ledger-writer"])
    assert await ledger.pending(10) == ()


async def test_an_event_that_cannot_be_told_stays_pending_and_is_raised_once_at_the_end(ledger: SqlLedger) -> None:
    await held(ledger)

    def fail() -> None:
        raise ConnectionError("Dagster's storage is gone")

    await ledger.commit(stage_commit(), after=fail)
    with pytest.raises(ConnectionError):
        await ledger.flush()
    await ledger.flush()
    assert await ledger.pending(10) == (checkpoint(),)


async def test_events_count_as_logged_only_once_their_group_is_written_out(ledger: SqlLedger) -> None:
    await held(ledger)

    def fail() -> None:
        raise ConnectionError("Dagster's storage is gone")

    ledger.on_group = fail
    await ledger.commit(stage_commit(), after=lambda: None)
    with pytest.raises(ConnectionError):
        await ledger.flush()
    assert len(await ledger.pending(10)) == 1
    ledger.on_group = lambda: None
    await ledger.commit(stage_commit(), after=lambda: None)
    await ledger.flush()
    assert await ledger.pending(10) == ()


def test_closing_finishes_what_is_queued_and_raises_what_was_not_told(ledger_url: str, clock: ScriptedClock) -> None:
    def fail() -> None:
        raise ConnectionError("Dagster's storage is gone")

    ledger = open_ledger(ledger_url, tenant=TENANT, clock=clock, database_time=False)
    asyncio.run(held(ledger))
    asyncio.run(ledger.commit(stage_commit(), after=fail))
    with pytest.raises(ConnectionError):
        ledger.close()
    ledger.close()
    with open_ledger(ledger_url, tenant=TENANT, clock=clock) as again:
        assert asyncio.run(again.pending(10)) == (checkpoint(),)


def test_one_ledger_serves_several_loops_and_threads(ledger: SqlLedger) -> None:
    async def some(thread: int) -> None:
        await asyncio.gather(*(ledger.receive(arrival(f"t{thread}-{n}"), NOON) for n in range(20)))

    threads = [threading.Thread(target=asyncio.run, args=(some(n),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(asyncio.run(ledger.meetings())) == 80


async def test_a_caller_that_gives_up_before_its_turn_leaves_nothing(ledger: SqlLedger) -> None:
    async with Stalled(ledger) as stalled:
        task = asyncio.ensure_future(ledger.receive(arrival("late"), NOON))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.sleep(0)
        stalled.go()
        await ledger.receive(arrival("other"), NOON)
    assert await ledger.meeting("late") is None


async def test_a_server_that_dropped_every_connection_is_met_again_without_anybody_hearing_of_it(
    postgres: Postgres, postgres_template: str, clock: ScriptedClock
) -> None:
    kept = (VERSION_TABLE, DEPLOYMENT.name)
    with (
        postgres.lent_database(postgres_template, kept) as url,
        open_ledger(url, tenant=TENANT, clock=clock) as ledger,
    ):
        await held(ledger)
        for again in range(3):
            postgres.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
            if again != 1:
                await ledger.commit(stage_commit())
            assert await ledger.meeting("sync") is not None
        assert await ledger.checkpoints("sync") == (checkpoint(),)
