"""What an operator was told of.

What belongs here: the statements that added it, never edited again. What does not: the present shape (see
``resources.ledger.tables``).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add alerts, at most one open one of each key."""
    op.create_table(
        "alerts",
        sa.Column("alert_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("since", _TIME, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("example_meeting", sa.String()),
        sa.Column("next_command", sa.String()),
        sa.Column("over", sa.String()),
        sa.Column("opened_at", _TIME, nullable=False),
        sa.Column("seen_at", _TIME, nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("told_at", _TIME),
        sa.Column("told_count", sa.Integer(), nullable=False),
        sa.Column("told_severity", sa.String()),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", _TIME),
        sa.Column("resolved_at", _TIME),
        sa.PrimaryKeyConstraint("alert_id"),
    )
    op.create_index(
        "ix_alerts_open_key",
        "alerts",
        ["key"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
