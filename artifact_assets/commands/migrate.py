"""``migrate``: bring the ledger to the schema of this program.

What belongs here: the command. What does not: the migrations (see ``resources.ledger``).
"""

from __future__ import annotations

import click

from artifact_assets.commands.output import json_option, print_json
from artifact_assets.configuration.environment import settings
from resources.ledger.schema import migrate as migrate_ledger


@click.command()
@json_option
def migrate(as_json: bool) -> None:
    """Create the ledger or bring it to the current schema. Stop everything else first."""
    where = settings()
    where.make_home()
    before, after = migrate_ledger(where.database_url)
    if as_json:
        print_json({"before": before, "after": after})
    elif before == after:
        click.echo(f"The ledger is at schema {after} already.")
    else:
        click.echo(f"The ledger went from schema {before or 'nothing'} to {after}.")
