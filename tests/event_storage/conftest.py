"""Each kind of database in its turn."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.event_storage.databases import Database, OnPostgres, OnSqlite
from tests.postgres import Postgres

KINDS = ["sqlite", "postgresql"]


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Database]:
    """An empty one, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield OnSqlite(tmp_path / "events")
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.lent_database() as url:
        yield OnPostgres(server, url)


@pytest.fixture
def on_postgres(postgres: Postgres) -> Generator[OnPostgres]:
    """An empty one on PostgreSQL."""
    with postgres.lent_database() as url:
        yield OnPostgres(postgres, url)


@pytest.fixture(params=KINDS)
def two_databases(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[tuple[Database, Database]]:
    """Two empty ones of a kind, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield OnSqlite(tmp_path / "events"), OnSqlite(tmp_path / "other events")
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.lent_database() as url, server.lent_database() as other:
        yield OnPostgres(server, url), OnPostgres(server, other)
