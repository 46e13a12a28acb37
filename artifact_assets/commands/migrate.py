"""``migrate``: bring the ledger and Dagster's storage to the schemas of this program.

What belongs here: the command. What does not: the migrations (see ``resources.ledger``).
"""

from __future__ import annotations

import contextlib
import sys

import click

from artifact_assets.commands.output import json_option, print_json
from artifact_assets.configuration.environment import settings
from artifact_assets.configuration.settings import Settings
from resources.ledger.schema import migrate as migrate_ledger


@click.command()
@json_option
def migrate(as_json: bool) -> None:
    """Create the ledger or bring it, and Dagster's storage, to the current schema. Stop everything else first."""
    where = settings()
    where.make_home()
    before, after = migrate_ledger(where.database_url)
    upgraded = _dagster(where)
    if as_json:
        print_json({"before": before, "after": after, "dagster": upgraded})
        return
    if before == after:
        click.echo(f"The ledger is at schema {after} already.")
    else:
        click.echo(f"The ledger went from schema {before or 'nothing'} to {after}.")
    if upgraded:
        click.echo("Dagster's storage is at the schema of this version of Dagster.")


def _dagster(where: Settings) -> bool:
    """Have Dagster migrate its own storage, as ``dagster instance migrate`` does; False when there is none yet."""
    if not (where.dagster_home / "dagster.yaml").exists():
        return False
    # Imported here: a new ledger is made without Dagster.
    from artifact_assets.instance import open_instance

    # Dagster tells of its progress on stdout, which belongs to our answer.
    with open_instance(where) as instance, contextlib.redirect_stdout(sys.stderr):
        instance.upgrade()
    return True
