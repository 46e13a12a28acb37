"""Replay plans and their meetings.

What belongs here: the statements that added them, never edited again. What does not: the present shape (see
``resources.ledger.replay_tables``).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "replay_plans",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("selection", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("plan_id"),
    )
    op.create_table(
        "replay_entries",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("meeting_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("basis", sa.JSON()),
        sa.Column("document", sa.String()),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.Float(), nullable=False),
        sa.Column("failure_class", sa.String()),
        sa.Column("cause", sa.String()),
        sa.Column("run_id", sa.String()),
        sa.PrimaryKeyConstraint("plan_id", "meeting_id"),
    )
    op.create_index("ix_replay_entries_meeting_id", "replay_entries", ["meeting_id"])
