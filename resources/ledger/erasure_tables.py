"""The ledger's tables of erasures.

What belongs here: columns, keys and indexes, as the newest migration leaves them. What does not: all other tables (see
``tables``) and statements over these (see ``erasures``). No column holds a word of a meeting; ``sources`` is emptied when the
files are gone.
"""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from resources.database.columns import UtcTime, json_column
from resources.ledger.tables import METADATA

ERASURES = Table(
    "erasures",
    METADATA,
    Column("meeting_id", String, primary_key=True),
    Column("requested_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    Column("steps", json_column(), nullable=False),
    Column("transcripts", json_column(), nullable=False),
    Column("documents", json_column(), nullable=False),
    Column("sources", json_column(), nullable=False),
    Column("removed", json_column(), nullable=False),
    Column("remains", json_column(), nullable=False),
)

ERASED_TRANSCRIPTS = Table(
    "erased_transcripts",
    METADATA,
    Column("digest", String, primary_key=True),
    Column("meeting_id", String, nullable=False),
)
