"""The ledger's table of backfills.

What belongs here: columns, as the newest migration leaves them. What does not: which meeting belongs to which backfill (a
column of ``meetings``) and statements (see ``backfills``).
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Integer, String, Table

from resources.database.columns import UtcTime, Words
from resources.ledger.tables import METADATA

BACKFILLS = Table(
    "backfills",
    METADATA,
    Column("name", String, primary_key=True),
    Column("paused", Boolean, nullable=False),
    Column("since", UtcTime),
    Column("who", Words),
    Column("why", Words),
    Column("at_once", Integer),
    Column("calls_per_minute", Float),
    Column("cost", Float),
)
