"""The command group and the outermost shell: every error becomes one line and an exit code.

What belongs here: finding commands and ending the process. What does not: what commands do (one file each).
"""

from __future__ import annotations

import contextlib
import importlib
import io
import logging
import os
import signal
import sys
import traceback
from collections.abc import Mapping
from typing import ClassVar, NoReturn

import click

from artifact_assets.domain.display import displayed_line
from artifact_assets.domain.failures import FailureClass, PipelineError

PROGRAM = "python -m artifact_assets"
COMMANDS: Mapping[str, str] = {
    "normalize": "print the canonical transcript of a file",
    "extract": "print the validated artifact of a file; delivers nothing",
    "process": "take files through the whole pipeline",
    "meetings": "list meetings with state and cause",
    "show": "print a meeting's artifact: items, evidence, verdicts, deliveries",
    "trace": "print a meeting's whole history",
    "status": "one screen: what is degraded, what waits, what to type",
    "backfills": "how far backfills are; pause, resume and pace them",
    "deliveries": "list writes; resolve, approve, revert or reconcile them",
    "destinations": "what each destination promises; pause and resume",
    "config": "draft and check the mapping of a destination",
    "go-live": "what happens when a route that observed starts to deliver",
    "review": "list, approve, edit or reject items that wait for a person",
    "replay": "estimate what running meetings again would do and cost",
    "anomalies": "what is unusual now, and what changed before it",
    "report": "are the objectives kept; a page with charts, the Parquet export",
    "metrics": "what a Prometheus server reads: print or serve it",
    "records": "look into the embedded record store, or edit it by hand",
    "forget": "erase meetings, or all of a person's, and list what remains",
    "retention": "remove what has been kept long enough, by kind of meeting; first as a dry run",
    "meta": "draft a sidecar from what a file and its name tell",
    "migrate": "bring the ledger to the current schema",
    "doctor": "check configuration, storage and destinations",
}


class Commands(click.Group):
    """Loads a command's module only when it is used: Dagster alone takes more than a second to import.

    ``table`` are the commands with what they do, ``package`` holds a module of the same name for each.
    """

    table: ClassVar[Mapping[str, str]] = COMMANDS
    package: ClassVar[str] = "artifact_assets.commands"

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of a meeting's life."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command's object, which carries its module's name."""
        if cmd_name not in self.table:
            return None
        name = cmd_name.replace("-", "")
        module = importlib.import_module(f"{self.package}.{name}")
        command: click.Command = getattr(module, name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.table.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Meeting transcripts become evidence-backed artifacts, written safely into CRMs and ATSs.

    Exit codes: 0 all good; 1 some meeting failed, was quarantined, deferred or only partly delivered; 2 wrong usage, bad
    configuration or unreadable input.
    """


def run(group: click.Group = cli, program: str = PROGRAM) -> NoReturn:
    """Run a command line and exit."""
    _prepare_streams()
    try:
        with group.make_context(program, sys.argv[1:]) as context:
            group.invoke(context)
        sys.stdout.flush()
        _end(0)
    except SystemExit as end:
        _end(end.code if isinstance(end.code, int) else 0)
    except click.exceptions.Exit as end:
        _end(end.exit_code)
    except (click.exceptions.Abort, KeyboardInterrupt):
        fail("interrupted. Finished stages are kept; run the command again to go on.", 130)
    except click.exceptions.NoArgsIsHelpError as help_wanted:
        help_wanted.show(sys.stderr)
        _end(2)
    except click.ClickException as error:
        fail(_usage(error), 2)
    except BrokenPipeError:
        # The reader, such as `head`, has seen enough.
        _end(0)
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
    with contextlib.suppress(BrokenPipeError):
        print(displayed_line(line), file=sys.stderr, flush=True)
    _end(code)


def _prepare_streams() -> None:
    """A terminal that lacks a character gets its code instead of an error, and libraries keep their logs to themselves."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if not os.environ.get("ARTIFACTS_TRACEBACK"):
        logging.lastResort = None


def _usage(error: click.ClickException) -> str:
    """Wrong usage as the one line every error is."""
    path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else PROGRAM
    told = displayed_line(error.format_message()).rstrip(".")
    return str(PipelineError(FailureClass.UNREADABLE_INPUT, f"{told}.", f"See `{path} --help`."))


def _end(code: int) -> NoReturn:
    """Leave without a word: what is still to be flushed may have lost its reader, and a late Ctrl-C changes nothing."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)
