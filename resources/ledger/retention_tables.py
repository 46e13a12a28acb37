"""The ledger's table of what went by retention.

What belongs here: columns and keys, as the newest migration leaves them. What does not: statements over them (see
``retentions``). ``sources`` holds paths until the files are gone.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, text

from resources.database.columns import UtcTime, json_column
from resources.ledger.tables import METADATA

RETENTIONS = Table(
    "retentions",
    METADATA,
    Column("meeting_id", String, primary_key=True),
    Column("part", String, primary_key=True),
    Column("begun_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    Column("documents", json_column(), nullable=False),
    Column("sources", json_column(), nullable=False),
    Column("removed", Integer, nullable=False),
)
_OPEN = text("finished_at IS NULL")
Index("ix_retentions_unfinished", RETENTIONS.c.begun_at, sqlite_where=_OPEN, postgresql_where=_OPEN)
