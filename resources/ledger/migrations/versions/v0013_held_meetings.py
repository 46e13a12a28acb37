"""What is held, found without reading all meetings.

What belongs here: the statements that added it, never edited again. What does not: the present shape (see
``resources.ledger.tables``).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index the leases that somebody has."""
    held = sa.text("lease_owner IS NOT NULL")
    op.create_index("ix_meetings_held", "meetings", ["lease_until"], sqlite_where=held, postgresql_where=held)
