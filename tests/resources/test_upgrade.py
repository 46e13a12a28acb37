"""A home that the first released schema made is brought up to date and processed on."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, insert

from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.states import IntentState, MeetingState
from resources.database.engine import connect_engine, parsed_url
from resources.ledger import schema
from resources.ledger.ledger import open_ledger
from resources.ledger.schema import VERSIONS, ledger_version, migrate
from tests.clock import ScriptedClock
from tests.commands.shell import Shell, write_meeting
from tests.pipeline.world import TENANT, meta, opened_world

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def first_release(url: str, home: Path, transcript_digest: str) -> None:
    """A ledger at version 0001 with a meeting that was delivered and one that waits."""
    engine = connect_engine(parsed_url(url))
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(schema.MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    tables = MetaData()
    tables.reflect(engine)
    at = AT.replace(tzinfo=None) if url.startswith("sqlite") else AT
    old: dict[str, Any] = {
        "file_name": "old.txt",
        "revision": "r" * 64,
        "received_at": at,
        "updated_at": at,
        "size_bytes": 1,
        "attempts": 1,
        "items": 1,
        "quarantined": 0,
        "delivered": 1,
    }
    meetings = [
        {
            **old,
            "meeting_id": "old",
            "source": str(home / "old.txt"),
            "transcript_digest": "0" * 64,
            "state": "delivered",
        },
        {
            **old,
            "meeting_id": "waits",
            "source": str(home / "inbox" / "waits.txt"),
            "file_name": "waits.txt",
            "transcript_digest": transcript_digest,
            "state": "received",
            "sidecar_source": str(home / "inbox" / "waits.meta.json"),
            "sidecar_digest": "1" * 64,
        },
    ]
    intent = {
        "intent_key": "i-1",
        "record_key": "k-1",
        "meeting_id": "old",
        "item_id": "a1",
        "destination": "records",
        "account": "acc",
        "operation": "create_task",
        "target": {"object": "deal", "key": "meeting:old"},
        "payload": {"title": "An old task"},
        "payload_digest": "2" * 64,
        "revision": "r",
        "sequence": 0,
        "state": "confirmed",
        "attempts": 1,
        "created_at": at,
        "updated_at": at,
        "receipt": {"record_id": "k-1"},
    }
    with engine.begin() as connection:
        connection.execute(
            insert(tables.tables["deployment"]), [{"ledger_id": "first", "tenant": TENANT, "created_at": at}]
        )
        for row in meetings:
            connection.execute(insert(tables.tables["meetings"]), [row])
        connection.execute(insert(tables.tables["intents"]), [intent])
    engine.dispose()


def test_a_home_of_the_first_schema_is_migrated_all_the_way_and_processed_on(tmp_path: Path, database_url: str) -> None:
    (tmp_path / "inbox").mkdir()
    first_release(database_url, tmp_path, "3" * 64)
    with pytest.raises(PipelineError) as refused:
        open_ledger(database_url, tenant=TENANT, clock=ScriptedClock())
    assert "migrate" in refused.value.remedy
    assert migrate(database_url) == ("0001", VERSIONS[-1])
    with opened_world(tmp_path, database_url) as world:
        world.write("waits.txt", sidecar=meta("waits"))
        (known,) = [m for m in world.meetings().values() if m.meeting_id == "old"]
        assert (known.state, known.received_at, known.counts.delivered) == (MeetingState.DELIVERED, AT, 1)
        (intent,) = world.intents("old")
        assert (intent.state, intent.receipt, intent.payload) == (
            IntentState.CONFIRMED,
            {"record_id": "k-1"},
            {"title": "An old task"},
        )
        assert world.run(["waits"]).success
        assert world.meetings()["waits"].state is MeetingState.DELIVERED
        assert len(world.written()) == 3
        assert asyncio.run(world.ledger.pending(10)) == ()


def test_migrate_brings_dagsters_storage_along(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(tmp_path / "home", capsys)
    assert shell("process", write_meeting(tmp_path)).code == 0
    runs = shell.home / "dagster" / "history" / "runs.db"
    with closing(sqlite3.connect(runs)) as database, database:
        (newest,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
        # The migration before the newest is known to do nothing when its work is there already.
        database.execute("UPDATE alembic_version SET version_num = ?", (_before(newest),))
    done = shell.process("migrate", "--json")
    assert done.code == 0, done
    told = done.json()
    assert told["after"] == VERSIONS[-1] == ledger_version(f"sqlite:///{shell.home / 'ledger.db'}")
    assert told["dagster"] is True
    with closing(sqlite3.connect(runs)) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == (newest,)
    assert shell("process", shutil.copy(tmp_path / "my.vtt", tmp_path / "again.vtt")).code == 0


def _before(revision: str) -> str:
    from alembic.script import ScriptDirectory

    config = Config()
    folder = Path(dg.__file__).parent / "_core" / "storage" / "alembic"
    config.set_main_option("script_location", str(folder))
    earlier = ScriptDirectory.from_config(config).get_revision(revision)
    assert earlier is not None
    assert isinstance(earlier.down_revision, str)
    return earlier.down_revision
