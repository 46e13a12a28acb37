"""The record store's tables.

What belongs here: columns and keys of the embedded store. What does not: the ledger's tables; this is another system,
even when both live in one database.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, MetaData, String, Table, UniqueConstraint

from resources.database.columns import UtcTime, Words

METADATA = MetaData()

ACCOUNT = Table(
    "store_account",
    METADATA,
    Column("account_id", String, primary_key=True),
    Column("schema_version", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

RECORDS = Table(
    "store_records",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("object", String, nullable=False),
    Column("record_id", Words, nullable=False),
    Column("key", Words),
    # The record key of the write that made it: the store itself refuses a second one.
    Column("upsert_key", String, unique=True),
    Column("parent_object", String),
    Column("parent_id", Words),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("deleted_at", UtcTime),
    Column("deleted_by", Words),
    UniqueConstraint("object", "record_id"),
    UniqueConstraint("object", "key"),
)

FIELDS = Table(
    "store_fields",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("record", Integer, nullable=False, index=True),
    Column("field", Words, nullable=False),
    Column("value", Words),
    Column("changed_at", UtcTime, nullable=False),
    # None when the pipeline wrote it, else the person who did.
    Column("changed_by", Words),
    # What the pipeline last wrote, and the time of the meeting it came from.
    Column("written", Words),
    Column("as_of", UtcTime),
    UniqueConstraint("record", "field"),
)

TAGS = Table(
    "store_tags",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("record", Integer, nullable=False, index=True),
    Column("tag", Words, nullable=False),
    Column("added_at", UtcTime, nullable=False),
    UniqueConstraint("record", "tag"),
)

WRITES = Table(
    "store_writes",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("record_key", String, nullable=False, unique=True),
    Column("intent_key", String, nullable=False),
    Column("object", String, nullable=False),
    Column("record_id", Words, nullable=False),
    Column("applied", Boolean, nullable=False),
    Column("previous", Words),
    Column("at", UtcTime, nullable=False),
)
