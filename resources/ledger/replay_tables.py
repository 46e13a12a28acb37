"""The ledger's tables of replay plans.

What belongs here: columns, keys and indexes, as the newest migration leaves them. What does not: statements over these
(see ``replays``). Payloads lie in the artifact store under ``document``, where erasure finds them.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Integer, String, Table

from resources.database.columns import UtcTime, Words, json_column
from resources.ledger.tables import METADATA

REPLAY_PLANS = Table(
    "replay_plans",
    METADATA,
    Column("plan_id", String, primary_key=True),
    Column("created_at", UtcTime, nullable=False),
    Column("who", Words, nullable=False),
    Column("why", Words, nullable=False),
    Column("selection", json_column(), nullable=False),
)

REPLAY_ENTRIES = Table(
    "replay_entries",
    METADATA,
    Column("plan_id", String, primary_key=True),
    Column("meeting_id", String, primary_key=True, index=True),
    Column("position", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("reasons", json_column(), nullable=False),
    Column("basis", json_column()),
    Column("document", String),
    Column("changes", json_column(), nullable=False),
    Column("calls", Integer, nullable=False),
    Column("tokens", BigInteger, nullable=False),
    Column("cost", Float, nullable=False),
    Column("failure_class", String),
    Column("cause", Words),
    Column("run_id", String),
)
