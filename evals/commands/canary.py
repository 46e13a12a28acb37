"""``canary``: what another prompt made of live meetings.

What belongs here: the command. What does not: trying it (see ``artifact_assets.stages.canary``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import click

from artifact_assets.canaries import canary_book
from artifact_assets.commands.output import json_option, print_json, print_table
from artifact_assets.configuration.environment import settings


@click.command()
@json_option
def canary(as_json: bool) -> None:
    """List what the prompt of model.canary made of live meetings on this machine. Nothing of it was delivered."""
    reports = canary_book(settings().home).reports()
    if as_json:
        print_json([report.model_dump(mode="json") for report in reports])
        return
    print_table(
        ("meeting", "prompt", "in use: accepted, held", "other: accepted, held", "kept", "added", "gone", "failure"),
        (
            (
                report.meeting_id,
                f"{report.prompt} {(report.prompt_digest or '')[:8]}",
                _counts(report.in_use),
                _counts(report.other),
                report.kept,
                report.added,
                report.gone,
                report.failure_class or "",
            )
            for report in reports
        ),
        empty="No live meeting was tried with another prompt; see model.canary in docs/configuration.md.",
    )
    if reports:
        held = sum((Counter(report.held_for) for report in reports), Counter[str]())
        told = ", ".join(f"{code} {count}" for code, count in held.most_common(8)) or "nothing"
        failed = sum(report.failure_class is not None for report in reports)
        click.echo(f"{len(reports)} meetings, {failed} tries failed; the other prompt's items were held for: {told}")


def _counts(states: Mapping[str, int]) -> str:
    return f"{states.get('accepted', 0)}, {states.get('quarantined', 0)}"
