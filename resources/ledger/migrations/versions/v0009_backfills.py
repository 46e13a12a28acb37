"""Which backfill a meeting is worked for, and what people said about backfills.

What belongs here: the statements that added them, never edited again. What does not: the present shape (see
``resources.ledger.tables``).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the meeting's backfill and the switches. Meetings known so far count as live."""
    op.create_table(
        "backfills",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True)),
        sa.Column("who", sa.String()),
        sa.Column("why", sa.String()),
        sa.Column("at_once", sa.Integer()),
        sa.Column("calls_per_minute", sa.Float()),
        sa.Column("cost", sa.Float()),
        sa.PrimaryKeyConstraint("name"),
    )
    op.add_column("meetings", sa.Column("backfill", sa.String()))
    op.create_index("ix_meetings_backfill", "meetings", ["backfill"])
