"""Erasures and the transcripts that may not come back.

What belongs here: the statements that added them, never edited again. What does not: the present shape (see
``resources.ledger.erasure_tables``).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "erasures",
        sa.Column("meeting_id", sa.String(), nullable=False),
        sa.Column("requested_at", _TIME, nullable=False),
        sa.Column("finished_at", _TIME),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("transcripts", sa.JSON(), nullable=False),
        sa.Column("documents", sa.JSON(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("removed", sa.JSON(), nullable=False),
        sa.Column("remains", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("meeting_id"),
    )
    op.create_table(
        "erased_transcripts",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("meeting_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
