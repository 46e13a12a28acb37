"""Answers of models and the shared state of dependencies.

What belongs here: the statements that added them, never edited again. What does not: the present shape (see
``resources.ledger.tables``).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add requests under way, rate budgets, spending, and the counters of the breaker."""
    op.add_column("dependency_health", sa.Column("opened", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("dependency_health", sa.Column("admitted", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "flights",
        sa.Column("request_digest", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("until", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("request_digest"),
    )
    op.create_table(
        "rate_budgets",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("buckets", sa.JSON(), nullable=False),
        sa.Column("blocked_until", _TIME),
        sa.Column("live_until", _TIME),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "spending",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name", "scope"),
    )
    op.create_table(
        "reservations",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.Float(), nullable=False),
        sa.Column("until", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", "key", "scope"),
    )
