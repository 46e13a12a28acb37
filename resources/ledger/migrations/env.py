"""How Alembic runs the ledger's migrations: on the connection it is given, in that connection's transaction.

What belongs here: Alembic's entry point. What does not: opening databases (see ``resources.ledger.schema``).
"""

from __future__ import annotations

from alembic import context

from resources.ledger import batch_tables, history_tables, replay_tables
from resources.ledger.tables import METADATA, VERSION_TABLE

# Importing them is what adds their tables.
assert batch_tables.BATCHES.metadata is METADATA
assert replay_tables.REPLAY_PLANS.metadata is METADATA
assert history_tables.REPAIRS.metadata is METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    version_table=VERSION_TABLE,
)
context.run_migrations()
