"""Which shape a ledger has, and bringing it to the newest.

What belongs here: versions, migrating, and refusing a ledger this program must not touch. What does not: the shapes
themselves (see ``tables`` and ``migrations``).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, column, insert, inspect, select, table
from sqlalchemy.exc import SQLAlchemyError

from artifact_assets.domain.failures import FailureClass, PipelineError
from resources.database.engine import connect_engine, database_file, make_private, parsed_url, reading
from resources.database.failures import database_failure
from resources.database.locks import exclusive
from resources.ledger.tables import DEPLOYMENT, VERSION_TABLE

VERSIONS: tuple[str, ...] = tuple(f"{number:04d}" for number in range(1, 15))
"""Every version this program knows, oldest first. A test keeps it equal to the migrations."""

MIGRATIONS = Path(__file__).parent / "migrations"

_VERSION = table(VERSION_TABLE, column("version_num"))


def ledger_version(url: str) -> str | None:
    """The version of the ledger at ``url``, None when there is none yet. Raises PipelineError(storage_unavailable)."""
    parsed = parsed_url(url)
    file = database_file(parsed)
    if file is not None and not file.exists():
        return None
    engine = connect_engine(parsed)
    try:
        with reading(engine).connect() as connection:
            return _version(connection)
    except SQLAlchemyError as error:
        raise database_failure(error, "its version could not be read") from None
    finally:
        engine.dispose()


def migrate(url: str) -> tuple[str | None, str]:
    """Bring the ledger to the newest version; returns the version before and after. A newer ledger is refused."""
    parsed = parsed_url(url)
    file = database_file(parsed)
    if file is not None:
        make_private(file)
    engine = connect_engine(parsed, statement_seconds=None)
    try:
        with exclusive(engine, "schema"), engine.begin() as connection:
            before = _version(connection)
            if before != VERSIONS[-1]:
                _refuse_newer(before)
                _upgrade(connection)
            return before, VERSIONS[-1]
    except SQLAlchemyError as error:
        raise database_failure(error, "the ledger was not migrated and is as it was") from None
    finally:
        engine.dispose()


def prepare(engine: Engine, tenant: str, clock: Callable[[], datetime]) -> None:
    """Make the ledger ready for ``tenant``: created on first use, refused when newer, older or another tenant's."""
    if not _is_ready(engine, tenant):
        with exclusive(engine, "schema"), engine.begin() as connection:
            if _version(connection) is None:
                _upgrade(connection)
            if connection.execute(select(DEPLOYMENT.c.tenant)).first() is None:
                row = {"ledger_id": uuid.uuid4().hex, "tenant": tenant, "created_at": clock()}
                connection.execute(insert(DEPLOYMENT), [row])
        _is_ready(engine, tenant)


def _is_ready(engine: Engine, tenant: str) -> bool:
    """Whether the ledger can be used as it is; False when it is not there yet."""
    with reading(engine).connect() as connection:
        version = _version(connection)
        if version is None:
            return False
        _refuse_newer(version)
        if version != VERSIONS[-1]:
            raise PipelineError(
                FailureClass.STORAGE_UNAVAILABLE,
                f"The ledger has version {version} and this program needs {VERSIONS[-1]}, so it was not opened.",
                "Stop the other processes, back it up, then run `python -m artifact_assets migrate`.",
            )
        owner = connection.execute(select(DEPLOYMENT.c.tenant)).scalar()
    if owner is not None and owner != tenant:
        raise PipelineError(
            FailureClass.STORAGE_UNAVAILABLE,
            f"The ledger belongs to tenant {owner!r} and not to {tenant!r}, so it was not opened.",
            "Set ARTIFACTS_TENANT back, or use another ARTIFACTS_HOME or ARTIFACTS_DATABASE_URL for this tenant.",
        )
    return owner is not None


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(select(_VERSION.c.version_num)).scalar()


def _refuse_newer(version: str | None) -> None:
    if version is not None and version not in VERSIONS:
        raise PipelineError(
            FailureClass.STORAGE_UNAVAILABLE,
            f"The ledger has version {version}, newer than this program ({VERSIONS[-1]}), so it was left alone.",
            "Install the program version that wrote it, or restore the backup made before it was migrated.",
        )


def _upgrade(connection: Connection) -> None:
    # Imported here: a process that finds its ledger ready never needs Alembic.
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
