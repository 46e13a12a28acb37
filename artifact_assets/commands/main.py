"""The command group and the outermost shell: every error becomes one line and an exit code.

What belongs here: finding commands and ending the process. What does not: what commands do (one file each).
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Mapping
from typing import NoReturn

import click

from artifact_assets.domain.display import displayed
from artifact_assets.domain.failures import FailureClass, PipelineError

COMMANDS: Mapping[str, str] = {
    "normalize": "print the canonical transcript of a file",
    "extract": "print the validated artifact of a file; delivers nothing",
    "process": "take files through the whole pipeline",
    "meetings": "list meetings with state and cause",
    "show": "print a meeting's artifact: items, evidence, verdicts, deliveries",
    "trace": "print a meeting's whole history",
    "deliveries": "list writes",
    "records": "look into the embedded record store",
    "meta": "draft a sidecar from what a file and its name tell",
    "migrate": "bring the ledger to the current schema",
    "doctor": "check configuration, storage and destinations",
}


class Commands(click.Group):
    """Loads a command's module only when it is used: Dagster alone takes more than a second to import."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of a meeting's life."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command's object, which carries its module's name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"artifact_assets.commands.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Meeting transcripts become evidence-backed artifacts, written safely into CRMs and ATSs.

    Exit codes: 0 all good; 1 some meeting failed, was quarantined, deferred or only partly delivered; 2 wrong usage, bad
    configuration or unreadable input.
    """


def run() -> NoReturn:
    """Run the command line and exit."""
    try:
        code = cli.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.Abort:
        fail("interrupted. Finished stages are kept; run the command again to go on.", 130)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except click.ClickException as error:
        error.show(sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        fail("interrupted. Finished stages are kept; run the command again to go on.", 130)
    except BrokenPipeError:
        # The reader, such as `head`, has seen enough.
        sys.stderr.close()
        sys.exit(0)
    except PipelineError as error:
        fail(str(error), 1 if error.failure_class is FailureClass.INTERNAL_ERROR else 2)
    except Exception as error:  # noqa: BLE001 - the outermost shell: never a traceback
        if os.environ.get("ARTIFACTS_TRACEBACK"):
            traceback.print_exc()
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}"
        fail(str(PipelineError(FailureClass.INTERNAL_ERROR, f"{type(error).__name__} at {place}.")), 1)


def fail(line: str, code: int) -> NoReturn:
    """Print one line on stderr and exit."""
    print(displayed(line).replace("\n", " "), file=sys.stderr)
    sys.exit(code)
