"""``config``: write a mapping from what a destination has, and check one against it.

What belongs here: the commands. What does not: reading the configuration (see ``configuration``).
"""

from __future__ import annotations

import asyncio
import sys

import click

from artifact_assets.commands.output import json_option, print_json, remark
from artifact_assets.configuration.environment import settings
from artifact_assets.stages.mapping_check import drafted, problems
from artifact_assets.wiring import open_equipment


@click.group()
def config() -> None:
    """Draft and check the configuration of destinations."""


@config.command()
@click.argument("destination")
def init(destination: str) -> None:
    """Print a commented mapping with the destination's own fields, to be put into the configuration."""
    with open_equipment(settings()) as equipment:
        click.echo(asyncio.run(drafted(equipment, destination)))


@config.command()
@json_option
def check(as_json: bool) -> None:
    """Check every mapping against its destination's schema; exit 1 when something would be refused."""
    with open_equipment(settings()) as equipment:
        found = asyncio.run(problems(equipment))
    if as_json:
        print_json([vars(problem) for problem in found])
    else:
        for problem in found:
            click.secho(f"BAD {problem.place}: {problem.says}", fg="red")
            click.echo(f"    {problem.remedy}")
        if not found:
            remark("The configuration fits every destination.")
    sys.exit(1 if found else 0)
