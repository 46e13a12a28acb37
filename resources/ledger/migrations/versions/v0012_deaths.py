"""How many processes died over a meeting.

What belongs here: the statements that added it, never edited again. What does not: the present shape (see
``resources.ledger.tables``).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the count; meetings known so far start without a death."""
    op.add_column("meetings", sa.Column("deaths", sa.Integer(), nullable=False, server_default="0"))
