"""The ledger's tables.

What belongs here: columns, keys and indexes, as the newest migration leaves them. What does not: how they came to be
(see ``migrations``) and statements over them. No column holds transcript text, apart from ``intents.payload``.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)

from resources.database.columns import UtcTime, Words, json_column

METADATA = MetaData()

VERSION_TABLE = "ledger_version"
"""Where Alembic keeps the schema version. Not its default name: Dagster's tables may share the database."""

DEPLOYMENT = Table(
    "deployment",
    METADATA,
    Column("ledger_id", String, primary_key=True),
    Column("tenant", String, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

MARKS = Table(
    "marks",
    METADATA,
    Column("source", Words, primary_key=True),
    Column("mark", String, nullable=False),
)

MEETINGS = Table(
    "meetings",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("meeting_id", String, nullable=False, unique=True),
    Column("source", Words, nullable=False),
    Column("file_name", Words, nullable=False),
    Column("transcript_digest", String, nullable=False),
    Column("revision", String, nullable=False),
    Column("state", String, nullable=False),
    Column("received_at", UtcTime, nullable=False, index=True),
    Column("updated_at", UtcTime, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sidecar_source", Words),
    Column("sidecar_digest", String),
    Column("kind", Words),
    Column("failure_class", String),
    Column("cause", Words),
    Column("next_attempt_at", UtcTime),
    Column("attempts", Integer, nullable=False),
    Column("run_id", String),
    Column("items", Integer, nullable=False),
    Column("quarantined", Integer, nullable=False),
    Column("delivered", Integer, nullable=False),
    Column("lease_owner", String),
    Column("lease_until", UtcTime),
    Column("backfill", String, index=True),
    Column("retired_at", UtcTime),
    Column("deaths", Integer, nullable=False, server_default="0"),
    Column("documents_gone_at", UtcTime),
)

_HELD = text("lease_owner IS NOT NULL")
Index("ix_meetings_held", MEETINGS.c.lease_until, sqlite_where=_HELD, postgresql_where=_HELD)
Index("ix_meetings_state", MEETINGS.c.state, MEETINGS.c.id)
_PRESENT = text("retired_at IS NULL")
Index("ix_meetings_working_set", MEETINGS.c.updated_at, sqlite_where=_PRESENT, postgresql_where=_PRESENT)
_DUE = text("next_attempt_at IS NOT NULL")
Index("ix_meetings_next_attempt_at", MEETINGS.c.next_attempt_at, sqlite_where=_DUE, postgresql_where=_DUE)

TRANSITIONS = Table(
    "transitions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("meeting_id", String, nullable=False, index=True),
    Column("before", String),
    Column("after", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("run_id", String),
    Column("attempt", Integer, nullable=False),
    Column("cause", Words),
    Column("failure_class", String),
)

CHECKPOINTS = Table(
    "checkpoints",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("meeting_id", String, nullable=False),
    Column("stage", String, nullable=False),
    Column("key", String, nullable=False),
    Column("components", json_column(), nullable=False),
    Column("document", String, nullable=False),
    Column("run_id", String, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("metadata", json_column(), nullable=False),
    Column("checks", json_column(), nullable=False),
    Column("duration_seconds", Float, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("event_pending", Boolean, nullable=False),
    UniqueConstraint("meeting_id", "stage", "key"),
)
Index(
    "ix_checkpoints_event_pending",
    CHECKPOINTS.c.id,
    sqlite_where=text("event_pending"),
    postgresql_where=text("event_pending"),
)

ITEMS = Table(
    "items",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("item_id", String, nullable=False),
    Column("meeting_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("document", String, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    UniqueConstraint("meeting_id", "item_id"),
)

INTENTS = Table(
    "intents",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("intent_key", String, nullable=False, unique=True),
    Column("record_key", String, nullable=False, index=True),
    Column("meeting_id", String, nullable=False, index=True),
    Column("item_id", String, nullable=False),
    Column("destination", String, nullable=False),
    Column("account", Words, nullable=False),
    Column("operation", String, nullable=False),
    Column("target", json_column(), nullable=False),
    Column("payload", json_column(), nullable=False),
    Column("payload_digest", String, nullable=False),
    Column("revision", String, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("after", String),
    Column("state", String, nullable=False, index=True),
    Column("failure_class", String),
    Column("cause", Words),
    Column("attempts", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("next_attempt_at", UtcTime),
    Column("lease_owner", String),
    Column("lease_until", UtcTime),
    Column("receipt", json_column()),
)

ATTEMPTS = Table(
    "attempts",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("intent_key", String, nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Column("outcome", Words, nullable=False),
    Column("status", Integer),
    Column("code", Words),
    Column("correlation_id", Words),
    Column("request_digest", String),
    Column("duration_seconds", Float),
)

INTERVENTIONS = Table(
    "interventions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("who", Words, nullable=False),
    Column("why", Words, nullable=False),
    Column("action", String, nullable=False),
    Column("meeting_id", String, index=True),
    Column("item_id", String),
    Column("details", json_column(), nullable=False),
)

MODEL_CALLS = Table(
    "model_calls",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("meeting_id", String, nullable=False, index=True),
    Column("run_id", String, nullable=False),
    Column("stage", String, nullable=False),
    Column("request_digest", String, nullable=False, index=True),
    Column("response_document", String),
    Column("model", Words, nullable=False),
    Column("parameters", json_column(), nullable=False),
    Column("prompt_version", String),
    Column("prompt_digest", String),
    Column("started_at", UtcTime, nullable=False),
    Column("duration_seconds", Float),
    Column("attempts", Integer, nullable=False),
    Column("input_tokens", Integer),
    Column("cached_tokens", Integer),
    Column("output_tokens", Integer),
    Column("cost", Float),
    Column("outcome", String, nullable=False),
    Column("failure_class", String),
)

DEPENDENCY_HEALTH = Table(
    "dependency_health",
    METADATA,
    Column("name", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("failure_class", String),
    Column("cause", Words),
    Column("next_attempt_at", UtcTime),
    Column("who", Words),
    Column("opened", Integer, nullable=False, server_default="0"),
    Column("admitted", Integer, nullable=False, server_default="0"),
)

FLIGHTS = Table(
    "flights",
    METADATA,
    Column("request_digest", String, primary_key=True),
    Column("owner", String, nullable=False),
    Column("until", UtcTime, nullable=False),
)

RATE_BUDGETS = Table(
    "rate_budgets",
    METADATA,
    Column("name", String, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("buckets", json_column(), nullable=False),
    Column("blocked_until", UtcTime),
    Column("live_until", UtcTime),
)

SPENDING = Table(
    "spending",
    METADATA,
    Column("name", String, primary_key=True),
    Column("scope", String, primary_key=True),
    Column("calls", Integer, nullable=False),
    Column("tokens", BigInteger, nullable=False),
    Column("cost", Float, nullable=False),
)

RESERVATIONS = Table(
    "reservations",
    METADATA,
    Column("name", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("scope", String, primary_key=True),
    Column("calls", Integer, nullable=False),
    Column("tokens", BigInteger, nullable=False),
    Column("cost", Float, nullable=False),
    Column("until", UtcTime, nullable=False),
)

DESTINATIONS = Table(
    "destinations",
    METADATA,
    Column("name", String, primary_key=True),
    Column("vendor", String, nullable=False),
    Column("account", Words, nullable=False),
    Column("state", String, nullable=False),
    Column("since", UtcTime),
    Column("until", UtcTime),
    Column("who", Words),
    Column("why", Words),
    Column("look_first", Boolean, nullable=False),
)

FIELDS_WRITTEN = Table(
    "fields_written",
    METADATA,
    Column("key", String, primary_key=True),
    Column("as_of", UtcTime),
    Column("intent_key", String, nullable=False),
    Column("value_digest", String, nullable=False),
)
