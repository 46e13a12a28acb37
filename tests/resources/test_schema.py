"""Creating, migrating and refusing ledgers.

What belongs here: versions, tenants and damaged files. What does not: what a ledger holds (see ``tests.contracts``).
"""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from artifact_assets.domain.failures import FailureClass, PipelineError
from resources.database.engine import connect_engine, parsed_url
from resources.ledger import schema
from resources.ledger.ledger import open_ledger
from resources.ledger.schema import VERSIONS, ledger_version, migrate
from resources.ledger.tables import METADATA, VERSION_TABLE
from tests.clock import ScriptedClock
from tests.conftest import TENANT
from tests.contracts.ledger_processes import create
from tests.processes import processes

ROOT = Path(__file__).parents[2]


def refusal(url: str, tenant: str = TENANT) -> PipelineError:
    with pytest.raises(PipelineError) as refused:
        open_ledger(url, tenant=tenant, clock=ScriptedClock())
    assert refused.value.failure_class is FailureClass.STORAGE_UNAVAILABLE
    assert "\n" not in str(refused.value)
    return refused.value


def set_version(url: str, version: str) -> None:
    engine = connect_engine(parsed_url(url))
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '{version}'"))
    engine.dispose()


def test_the_migrations_lead_to_the_tables_and_the_versions_known(database_url: str) -> None:
    assert migrate(database_url) == (None, VERSIONS[-1])
    assert migrate(database_url) == (VERSIONS[-1], VERSIONS[-1])
    assert ledger_version(database_url) == VERSIONS[-1]
    engine = connect_engine(parsed_url(database_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()
    config = Config()
    config.set_main_option("script_location", str(ROOT / "resources/ledger/migrations"))
    scripts = ScriptDirectory.from_config(config)
    assert tuple(reversed([script.revision for script in scripts.walk_revisions()])) == VERSIONS


def test_a_ledger_is_created_on_first_use_in_a_folder_of_its_owner(tmp_path: Path) -> None:
    file = tmp_path / "home" / "deep" / "ledger.db"
    url = f"sqlite:///{file}"
    assert ledger_version(url) is None
    assert not file.exists()
    open_ledger(url, tenant=TENANT, clock=ScriptedClock()).close()
    assert ledger_version(url) == VERSIONS[-1]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == stat.S_IMODE(file.parent.parent.stat().st_mode) == 0o700


def test_a_migrated_empty_ledger_belongs_to_the_first_tenant_that_opens_it(database_url: str) -> None:
    migrate(database_url)
    open_ledger(database_url, tenant="first", clock=ScriptedClock()).close()
    assert "first" in refusal(database_url, "second").cause


def test_another_tenant_is_refused(ledger_url: str) -> None:
    assert "other" in refusal(ledger_url, "other").cause
    open_ledger(ledger_url, tenant=TENANT, clock=ScriptedClock()).close()


def test_a_ledger_newer_than_the_program_is_left_alone(ledger_url: str) -> None:
    set_version(ledger_url, "9999")
    assert "newer" in refusal(ledger_url).cause
    with pytest.raises(PipelineError) as refused:
        migrate(ledger_url)
    assert "newer" in refused.value.cause
    assert ledger_version(ledger_url) == "9999"


def test_an_older_ledger_names_the_command_that_brings_it_up_to_date(
    ledger_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "VERSIONS", (*VERSIONS, "9999"))
    assert "migrate" in refusal(ledger_url).remedy


def test_two_processes_may_create_the_same_ledger_at_once(database_url: str) -> None:
    go = processes().Event()
    running = [processes().Process(target=create, args=(database_url, go)) for _ in range(3)]
    for process in running:
        process.start()
    go.set()
    for process in running:
        process.join(60)
    assert [process.exitcode for process in running] == [0, 0, 0]
    assert ledger_version(database_url) == VERSIONS[-1]


@pytest.mark.parametrize(
    "url",
    [
        "not a url",
        "mysql://user:secret@host/db",
        "sqlite://",
        "sqlite:////proc/nowhere/ledger.db",
        "postgresql://user:secret@127.0.0.1:1/nothing",
    ],
)
def test_a_place_that_cannot_hold_a_ledger_is_named_in_one_line_without_secrets(url: str) -> None:
    assert "secret" not in str(refusal(url))


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    file.write_bytes(b"a transcript, by mistake\n" * 100)
    before = file.read_bytes()
    refusal(f"sqlite:///{file}")
    assert file.read_bytes() == before


def test_a_migration_that_fails_half_way_leaves_the_ledger_as_it_was(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite, where DDL outside a transaction would stay."""
    migrations = tmp_path / "migrations"
    shutil.copytree(ROOT / "resources/ledger/migrations", migrations)
    (migrations / "versions" / "v9999.py").write_text(
        "from alembic import op\n"
        f"revision, down_revision = '9999', '{VERSIONS[-1]}'\n"
        "def upgrade():\n"
        "    op.execute('CREATE TABLE half (a INTEGER)')\n"
        "    op.execute('INSERT INTO nowhere VALUES (1)')\n"
    )
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'ledger.db')}"
    monkeypatch.setattr(schema, "VERSIONS", (*VERSIONS, "9999"))
    monkeypatch.setattr(schema, "MIGRATIONS", migrations)
    with pytest.raises(PipelineError) as failure:
        migrate(url)
    assert failure.value.failure_class is FailureClass.STORAGE_UNAVAILABLE
    engine = connect_engine(parsed_url(url))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT name FROM sqlite_master WHERE name = 'half'")).all() == []
    engine.dispose()
    assert ledger_version(url) == VERSIONS[-1]
