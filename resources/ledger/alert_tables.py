"""The ledger's table of alerts.

What belongs here: columns, keys and indexes, as the newest migration leaves them. What does not: all other tables (see
``tables``) and statements over this one (see ``alerts``).
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, text

from resources.database.columns import UtcTime, Words
from resources.ledger.tables import METADATA

ALERTS = Table(
    "alerts",
    METADATA,
    Column("alert_id", String, primary_key=True),
    Column("key", String, nullable=False),
    Column("state", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("title", Words, nullable=False),
    Column("cause", Words, nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("count", Integer, nullable=False),
    Column("example_meeting", String),
    Column("next_command", Words),
    Column("over", Words),
    Column("opened_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Column("told", Integer, nullable=False),
    Column("told_at", UtcTime),
    Column("told_count", Integer, nullable=False),
    Column("told_severity", String),
    Column("tries", Integer, nullable=False),
    Column("tried_at", UtcTime),
    Column("resolved_at", UtcTime),
)
Index(
    "ix_alerts_open_key",
    ALERTS.c.key,
    unique=True,
    sqlite_where=text("state = 'open'"),
    postgresql_where=text("state = 'open'"),
)
