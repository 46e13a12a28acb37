"""The ledger's tables of batches.

What belongs here: columns, keys and indexes, as the newest migration leaves them. What does not: all other tables (see
``tables``) and statements over these (see ``batches``).
"""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table

from resources.database.columns import UtcTime, Words
from resources.ledger.tables import METADATA

BATCHES = Table(
    "batches",
    METADATA,
    Column("key", String, primary_key=True),
    Column("provider", String, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("batch_id", String),
    Column("ended_at", UtcTime),
    Column("status", String),
)

BATCH_REQUESTS = Table(
    "batch_requests",
    METADATA,
    Column("request_digest", String, primary_key=True),
    Column("line", String, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("model", Words, nullable=False),
    Column("meeting_id", String, nullable=False, index=True),
    Column("run_id", String, nullable=False),
    Column("queued_at", UtcTime, nullable=False),
    Column("deadline_at", UtcTime, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("batch_key", String, index=True),
)
