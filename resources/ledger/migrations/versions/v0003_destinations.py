"""Destinations as the ledger remembers them, and the last value of ours on each field.

What belongs here: the statements that made it, never edited again. What does not: the present shape (see
``resources.ledger.tables``).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "destinations",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("vendor", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", _TIME),
        sa.Column("until", _TIME),
        sa.Column("who", sa.String()),
        sa.Column("why", sa.String()),
        sa.Column("look_first", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "fields_written",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("as_of", _TIME),
        sa.Column("intent_key", sa.String(), nullable=False),
        sa.Column("value_digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
