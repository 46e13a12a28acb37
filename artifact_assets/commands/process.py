"""``process FILE...``: the whole pipeline through Dagster, in this process.

What belongs here: the command. What does not: the pipeline; the same definitions as in production run here.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import replace

import click

from artifact_assets.commands.files import notice_files, start_missing
from artifact_assets.commands.output import json_option, meeting_row, print_json, print_meetings, print_table, remark
from artifact_assets.commands.progress import Bar, progress
from artifact_assets.configuration.environment import configuration, settings
from artifact_assets.domain.display import displayed_line
from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.records import Arrival, Json, Meeting
from artifact_assets.domain.states import MEETING_STATES, IntentState, Stage
from artifact_assets.stages.equipment import Equipment
from artifact_assets.stages.preview import preview
from artifact_assets.stages.reading_back import readable_case
from artifact_assets.stages.result import MeetingResult

MOST_REMARKS = 20
"""More remarks than fit a screen are not read; the table names every meeting."""
MOST_UNDATED = 2


@click.command()
@click.argument("files", nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help="Stop before delivery and print the writes that would be made.")
@json_option
def process(files: tuple[str, ...], dry_run: bool, as_json: bool) -> None:
    """Take FILES through all five stages and print one line per meeting."""
    with progress("meetings", len(files)) as bar:
        code = _process(files, dry_run, as_json, bar)
    sys.exit(code)


def _process(files: tuple[str, ...], dry_run: bool, as_json: bool, bar: Bar) -> int:
    """Process and print; returns the exit code. The bar goes away before anything is printed."""
    from artifact_assets.definitions import run_finished_in
    from artifact_assets.in_process import materialize
    from artifact_assets.instance import open_instance
    from artifact_assets.wiring import open_equipment

    remedies: dict[str, str] = {}

    def count(result: MeetingResult) -> None:
        if result.remedy is not None:
            remedies[result.meeting_id] = result.remedy
        bar.advance()

    where, behaviour = settings(), configuration()
    where.make_home()
    instance = open_instance(where)
    with open_equipment(where, configuration=behaviour, run_finished=run_finished_in(instance)) as equipment:
        arrivals = asyncio.run(notice_files(files, where, behaviour, equipment.sources))
        keys, refusals = asyncio.run(_receive(arrivals, equipment))
        bar.expect(len(keys))
        materialize(replace(equipment, on_result=count), instance, keys, deliver=not dry_run)
        meetings = asyncio.run(equipment.ledger.meetings(ids=keys))
        bar.hide()
        if dry_run:
            _print_preview(equipment, meetings, as_json)
        elif as_json:
            print_json([meeting_row(meeting) for meeting in meetings])
        else:
            print_meetings(meetings)
        if not dry_run:
            asyncio.run(_say_next(equipment, meetings, remedies))
    for refusal in refusals:
        remark(displayed_line(str(refusal)))
    if refusals:
        return 2
    if dry_run:
        # Every sound meeting stops before delivery here, which is what was asked for.
        return max((1 for meeting in meetings if meeting.failure_class), default=0)
    return max((MEETING_STATES[meeting.state].exit_code for meeting in meetings), default=0)


async def _receive(arrivals: list[Arrival], equipment: Equipment) -> tuple[list[str], list[PipelineError]]:
    """The meetings to process, and why others were refused: one refused file does not hold up the rest."""
    keys: list[str] = []
    refusals: list[PipelineError] = []
    for arrival in arrivals:
        try:
            await equipment.ledger.receive(arrival, equipment.clock.now())
        except PipelineError as error:
            refusals.append(error)
            continue
        keys.append(arrival.meeting_id)
    return keys, refusals


def _print_preview(equipment: Equipment, meetings: tuple[Meeting, ...], as_json: bool) -> None:
    writes = {m.meeting_id: asyncio.run(preview(equipment, m.meeting_id)) for m in meetings if not m.failure_class}
    if as_json:
        print_json([{**meeting_row(m), "writes": writes.get(m.meeting_id, [])} for m in meetings])
        return
    print_meetings(meetings)
    made = sum(write["state"] == IntentState.CONFIRMED for planned in writes.values() for write in planned)
    print_table(
        ("meeting", "would", "at", "on", "what", "there now", "but"),
        (
            (
                meeting,
                write["operation"],
                write["destination"],
                write["on"],
                write["what"],
                write["before"],
                _but(write),
            )
            for meeting, planned in writes.items()
            for write in planned
            if write["state"] != IntentState.CONFIRMED
        ),
        empty="Nothing would be written.",
    )
    remark("Nothing was written: this was a dry run." + (f" {made} writes were made earlier." if made else ""))


def _but(write: Json) -> str | None:
    """What stands between a planned write and its record."""
    if write["state"] == "observed":
        return "only observed: no route delivers it"
    return write["needs"] or (None if write["state"] == "new" else write["state"])


async def _say_next(equipment: Equipment, meetings: tuple[Meeting, ...], remedies: Mapping[str, str]) -> None:
    undated: list[str] = []
    for meeting in meetings[:MOST_REMARKS]:
        if meeting.failure_class:
            remark(f"{meeting.meeting_id}: {remedies.get(meeting.meeting_id, meeting.failure_class.rule.remedy)}")
            continue
        case = await readable_case(equipment, meeting.meeting_id)
        if case is not None and Stage.NORMALIZED in case.documents:
            undated += filter(None, [start_missing(await case.transcript(), meeting.file_name)])
    for missing in undated[:MOST_UNDATED]:
        remark(displayed_line(missing))
    if len(undated) > MOST_UNDATED:
        remark(f"And {len(undated) - MOST_UNDATED} more of these transcripts tell no date or time zone.")
    if len(meetings) == 1 and not meetings[0].failure_class:
        remark(f"See it with: python -m artifact_assets show {meetings[0].meeting_id}")
