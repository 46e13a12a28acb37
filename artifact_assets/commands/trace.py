"""``trace``: everything that happened to a meeting; from a record back to its meeting; the export for an auditor.

What belongs here: the command. What does not: gathering (see ``stages.history``, ``stages.origin`` and ``stages.audit``) and
the artifact (see ``show``).
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click

from artifact_assets.commands.origin_view import print_origins
from artifact_assets.commands.output import json_option, meeting_row, print_json, print_table, remark
from artifact_assets.commands.trace_file import check_file, write_file
from artifact_assets.configuration.environment import configuration, settings
from artifact_assets.domain.display import displayed_line
from artifact_assets.domain.telemetry import trace_id
from artifact_assets.stages.history import Entry, history
from artifact_assets.stages.origin import origins
from artifact_assets.wiring import open_ledger
from resources.artifact_store import open_store
from resources.ledger.model_calls import SqlAnswers


@click.command()
@click.argument("meeting", required=False)
@click.option("--record", metavar="MARK|KEY|DESTINATION:ID", help="From a record back to meeting, quote and run.")
@click.option(
    "--export", "export", type=click.Path(path_type=Path), metavar="FILE", help="Write one file for an auditor."
)
@click.option("--verify", "verify", type=click.Path(path_type=Path), metavar="FILE", help="Check such a file.")
@json_option
def trace(meeting: str | None, record: str | None, export: Path | None, verify: Path | None, as_json: bool) -> None:
    """Print the whole history of MEETING: transitions, stages, model calls, writes and their attempts, what people did."""
    if sum((meeting is not None, record is not None, verify is not None)) != 1 or (export and meeting is None):
        raise click.UsageError("Name a meeting, --record, or --verify FILE; --export FILE goes with a meeting.")
    if verify is not None:
        sys.exit(check_file(verify, as_json=as_json))
    where = settings()
    with open_ledger(where) as ledger:
        if record is not None:
            print_origins(asyncio.run(origins(ledger, open_store(where.store), record)), as_json=as_json)
        elif export is not None and meeting is not None:
            write_file(ledger, SqlAnswers(ledger), meeting, export, as_json=as_json)
        elif meeting is not None:
            found, entries = asyncio.run(history(ledger, SqlAnswers(ledger), meeting))
            traces = _traces(meeting, entries)
            if as_json:
                print_json(
                    {
                        **meeting_row(found),
                        "source": found.source or None,
                        "history": entries,
                        **({"traces": traces} if traces else {}),
                    }
                )
                return
            print_table(
                ("time (UTC)", "what", "detail", "run"),
                (_cells(entry) for entry in entries),
                empty="Nothing has happened yet.",
            )
            if found.source:
                remark(displayed_line(f"Received from {found.source}"))
            for run_id, one in traces.items():
                remark(f"trace {one} is of run {run_id[:8]}")


def _traces(meeting_id: str, entries: list[Entry]) -> dict[str, str]:
    """The meeting's trace in each run, oldest first, where traces are switched on."""
    if not configuration().telemetry.traces:
        return {}
    runs = dict.fromkeys(entry["run_id"] for entry in entries if entry.get("run_id"))
    return {run_id: trace_id(meeting_id, run_id) for run_id in runs}


def _cells(entry: Entry) -> tuple[str, ...]:
    told = f"{entry['detail']} -> {entry['remedy']}" if entry.get("remedy") else entry["detail"]
    return (entry["at"][:19].replace("T", " "), entry["what"], told, (entry.get("run_id") or "")[:8])
