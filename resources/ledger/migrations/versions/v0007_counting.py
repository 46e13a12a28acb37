"""What counting needs: how dependencies changed over time, what people did to our records, meetings by day.

What belongs here: the statements that added them, never edited again. What does not: the present shape (see
``resources.ledger.tables``).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add both tables and the index."""
    op.create_table(
        "dependency_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("failure_class", sa.String()),
        sa.Column("cause", sa.String()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_dependency_changes_at", "dependency_changes", ["at"])
    op.create_table(
        "repairs",
        sa.Column("intent_key", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("noticed_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("intent_key", "what"),
    )
    op.create_index("ix_meetings_received_at", "meetings", ["received_at"])
