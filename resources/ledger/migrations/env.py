"""How Alembic runs the ledger's migrations: on the connection it is given, in that connection's transaction.

What belongs here: Alembic's entry point. What does not: opening databases (see ``resources.ledger.schema``).
"""

from __future__ import annotations

import importlib
import pkgutil

from alembic import context

import resources.ledger
from resources.ledger.tables import METADATA, VERSION_TABLE

# Importing them is what adds their tables.
for found in pkgutil.iter_modules(resources.ledger.__path__):
    if found.name.endswith("_tables"):
        importlib.import_module(f"resources.ledger.{found.name}")

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    version_table=VERSION_TABLE,
)
context.run_migrations()
