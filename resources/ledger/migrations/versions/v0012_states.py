"""An index over the states of meetings: the few unfinished ones are looked for all the time among all there ever were.

What belongs here: the statements that added it, never edited again. What does not: the present shape (see
``resources.ledger.tables``).
"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_meetings_state", "meetings", ["state"])
