"""What went by retention, and when a meeting's documents did.

What belongs here: the statements that added them, never edited again. What does not: the present shape (see
``resources.ledger.retention_tables`` and ``tables``).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_OPEN = sa.text("finished_at IS NULL")


def upgrade() -> None:
    """Create the table and add the column; nothing has gone so far."""
    op.create_table(
        "retentions",
        sa.Column("meeting_id", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("begun_at", _TIME, nullable=False),
        sa.Column("finished_at", _TIME),
        sa.Column("documents", sa.JSON(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("meeting_id", "part"),
    )
    op.create_index("ix_retentions_unfinished", "retentions", ["begun_at"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.add_column("meetings", sa.Column("documents_gone_at", _TIME))
