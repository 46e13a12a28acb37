"""Which meetings left Dagster's partition set, and indexes by state and by age of those that did not.

What belongs here: the statements that added them, never edited again. What does not: the present shape (see
``resources.ledger.tables``).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_PRESENT = sa.text("retired_at IS NULL")


def upgrade() -> None:
    """Add the column and both indexes."""
    op.add_column("meetings", sa.Column("retired_at", sa.DateTime(timezone=True)))
    op.create_index("ix_meetings_state", "meetings", ["state", "id"])
    op.create_index(
        "ix_meetings_working_set", "meetings", ["updated_at"], sqlite_where=_PRESENT, postgresql_where=_PRESENT
    )
