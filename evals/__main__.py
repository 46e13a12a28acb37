"""``python -m evals``: how good is extraction, and did a change make it better.

What belongs here: the commands' names and starting one. What does not: any command (see ``evals.commands``). Errors and
exit codes are those of the main command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import click

from artifact_assets.commands.main import Commands, run

COMMANDS: Mapping[str, str] = {
    "run": "run a system over a dataset and score it",
    "check": "compare with the committed baseline; exit 1 on a regression",
    "score": "score an old run again, calling nothing",
    "compare": "two runs side by side, with intervals and the items that differ",
    "matrix": "several models, prompts or parameters over one dataset",
    "live": "run the golden set on the configured model, after stating the cost",
    "add": "make a case of a meeting that people reviewed",
    "canary": "what another prompt made of live meetings, delivered nowhere",
    "agreement": "how far two people's labels agree",
    "baseline": "accept what the systems do now as the baseline",
}


class EvalCommands(Commands):
    """Loads a command's module only when it is used."""

    table: ClassVar[Mapping[str, str]] = COMMANDS
    package: ClassVar[str] = "evals.commands"


@click.group(cls=EvalCommands, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Regression evals: change a prompt, a model or a rule and know what it does.

    Exit codes: 0 all good; 1 a regression, a broken hard rule, or cases that an endpoint kept from being scored; 2 wrong
    usage or unreadable input.
    """


if __name__ == "__main__":
    run(cli, "python -m evals")
