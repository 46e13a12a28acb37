"""The ledger's tables of what happened over time, for counting.

What belongs here: columns, as the newest migration leaves them. What does not: other tables (see ``tables``), statements.
"""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table

from resources.database.columns import UtcTime, Words
from resources.ledger.tables import METADATA

DEPENDENCY_CHANGES = Table(
    "dependency_changes",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("state", String, nullable=False),
    Column("at", UtcTime, nullable=False, index=True),
    Column("failure_class", String),
    Column("cause", Words),
)

REPAIRS = Table(
    "repairs",
    METADATA,
    Column("intent_key", String, primary_key=True),
    Column("what", String, primary_key=True),
    Column("noticed_at", UtcTime, nullable=False),
)
