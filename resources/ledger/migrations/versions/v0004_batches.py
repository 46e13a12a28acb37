"""Requests to models that are answered in bulk.

What belongs here: the statements that added them, never edited again. What does not: the present shape (see
``resources.ledger.tables``).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add batches and their requests."""
    op.create_table(
        "batches",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("batch_id", sa.String()),
        sa.Column("ended_at", _TIME),
        sa.Column("status", sa.String()),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "batch_requests",
        sa.Column("request_digest", sa.String(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("meeting_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("queued_at", _TIME, nullable=False),
        sa.Column("deadline_at", _TIME, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("batch_key", sa.String()),
        sa.PrimaryKeyConstraint("request_digest"),
    )
    op.create_index("ix_batch_requests_meeting_id", "batch_requests", ["meeting_id"])
    op.create_index("ix_batch_requests_state", "batch_requests", ["state"])
    op.create_index("ix_batch_requests_batch_key", "batch_requests", ["batch_key"])
