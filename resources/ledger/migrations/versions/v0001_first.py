"""The first shape of the ledger.

What belongs here: the statements that made it, never edited again. What does not: the present shape (see
``resources.ledger.tables``).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("intent_key", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("code", sa.String()),
        sa.Column("correlation_id", sa.String()),
        sa.Column("request_digest", sa.String()),
        sa.Column("duration_seconds", sa.Float()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_attempts_intent_key", "attempts", ["intent_key"])
    op.create_table(
        "checkpoints",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("components", sa.JSON(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.Column("duration_seconds", sa.Float(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("event_pending", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("meeting_id", "stage", "key"),
    )
    op.create_index(
        "ix_checkpoints_event_pending",
        "checkpoints",
        ["id"],
        sqlite_where=sa.text("event_pending"),
        postgresql_where=sa.text("event_pending"),
    )
    op.create_table(
        "dependency_health",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failure_class", sa.String()),
        sa.Column("cause", sa.String()),
        sa.Column("next_attempt_at", _TIME),
        sa.Column("who", sa.String()),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "deployment",
        sa.Column("ledger_id", sa.String(), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("ledger_id"),
    )
    op.create_table(
        "intents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("intent_key", sa.String(), nullable=False),
        sa.Column("record_key", sa.String(), nullable=False),
        sa.Column("meeting_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("target", sa.JSON(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("payload_digest", sa.String(), nullable=False),
        sa.Column("revision", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("after", sa.String()),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("failure_class", sa.String()),
        sa.Column("cause", sa.String()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.Column("next_attempt_at", _TIME),
        sa.Column("lease_owner", sa.String()),
        sa.Column("lease_until", _TIME),
        sa.Column("receipt", sa.JSON()),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("intent_key"),
    )
    op.create_index("ix_intents_meeting_id", "intents", ["meeting_id"])
    op.create_index("ix_intents_record_key", "intents", ["record_key"])
    op.create_index("ix_intents_state", "intents", ["state"])
    op.create_table(
        "marks",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("source"),
    )
    op.create_table(
        "interventions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("meeting_id", sa.String()),
        sa.Column("item_id", sa.String()),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_interventions_meeting_id", "interventions", ["meeting_id"])
    op.create_table(
        "items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("meeting_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("meeting_id", "item_id"),
    )
    op.create_table(
        "meetings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("transcript_digest", sa.String(), nullable=False),
        sa.Column("revision", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("received_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sidecar_source", sa.String()),
        sa.Column("sidecar_digest", sa.String()),
        sa.Column("kind", sa.String()),
        sa.Column("failure_class", sa.String()),
        sa.Column("cause", sa.String()),
        sa.Column("next_attempt_at", _TIME),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String()),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("quarantined", sa.Integer(), nullable=False),
        sa.Column("delivered", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String()),
        sa.Column("lease_until", _TIME),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("meeting_id"),
    )
    op.create_table(
        "model_calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("request_digest", sa.String(), nullable=False),
        sa.Column("response_document", sa.String()),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("prompt_version", sa.String()),
        sa.Column("prompt_digest", sa.String()),
        sa.Column("started_at", _TIME, nullable=False),
        sa.Column("duration_seconds", sa.Float()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("input_tokens", sa.Integer()),
        sa.Column("cached_tokens", sa.Integer()),
        sa.Column("output_tokens", sa.Integer()),
        sa.Column("cost", sa.Float()),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("failure_class", sa.String()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_model_calls_meeting_id", "model_calls", ["meeting_id"])
    op.create_index("ix_model_calls_request_digest", "model_calls", ["request_digest"])
    op.create_table(
        "transitions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.String(), nullable=False),
        sa.Column("before", sa.String()),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("run_id", sa.String()),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String()),
        sa.Column("failure_class", sa.String()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_transitions_meeting_id", "transitions", ["meeting_id"])
