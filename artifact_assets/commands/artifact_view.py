"""An artifact on a terminal: items with their evidence and, for those held back, why.

What belongs here: the layout. What does not: finding the artifact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from artifact_assets.domain.artifact import (
    ActionItem,
    Artifact,
    GroundedEvidence,
    Item,
    ItemState,
    NextStep,
    RuleFailure,
    headline,
)
from artifact_assets.domain.display import displayed_line
from artifact_assets.domain.records import Intent
from artifact_assets.domain.transcript import Transcript

_ORDER = (
    ItemState.ACCEPTED,
    ItemState.QUARANTINED,
    ItemState.SUGGESTED,
    ItemState.EXPIRED,
    ItemState.REJECTED,
    ItemState.SUPERSEDED,
)
_COLOURS = {ItemState.ACCEPTED: "green", ItemState.QUARANTINED: "red", ItemState.SUGGESTED: "yellow"}


def print_artifact(
    artifact: Artifact,
    transcript: Transcript | None = None,
    deliveries: Mapping[str, Sequence[Intent]] | None = None,
    left_out: Mapping[str, Sequence[RuleFailure]] | None = None,
) -> None:
    """Items by state.

    ``transcript`` adds who said it and when, ``deliveries`` (by item id) what became of it, and ``left_out`` (by item id) why
    an accepted item was not written.
    """
    by = artifact.trace.model or artifact.trace.extractor
    click.echo(f"{artifact.meeting_id}: {len(artifact.items)} items, extracted by {by} {artifact.trace.version}")
    for failure in artifact.failures:
        click.secho(f"WITHHELD {failure.code}: {displayed_line(failure.reason)}", fg="red")
    for state in _ORDER:
        items = [item for item in artifact.items if item.state is state]
        if items:
            click.secho(f"\n{state.value} ({len(items)})", bold=True, fg=_COLOURS.get(state))
        for item in items:
            _print_item(item, transcript, (deliveries or {}).get(item.item_id, ()))
            for failure in (left_out or {}).get(item.item_id, ()):
                click.secho(f"      not written: {failure.code}: {displayed_line(failure.reason)}", fg="yellow")
    for warning in artifact.warnings[:10]:
        click.echo(f"warning[{warning.code}]: {displayed_line(warning.message)}")


def _print_item(item: Item, transcript: Transcript | None, deliveries: Sequence[Intent]) -> None:
    click.echo(
        f"  {item.content.kind.replace('_', ' ')}: {displayed_line(headline(item.content))}{_who_and_when(item)}"
    )
    for evidence in item.evidence:
        click.secho(f"      “{displayed_line(evidence.quote)}”", dim=True)
        click.secho(f"      {_place(evidence, transcript)}", dim=True)
    for failure in item.failures:
        click.secho(f"      held: {failure.code}: {displayed_line(failure.reason)}", fg="red")
    for intent in deliveries:
        where = f"{intent.target.get('object')} {intent.target.get('id') or intent.target.get('key')}"
        receipt = f", record {intent.receipt.get('record_id')}" if intent.receipt else ""
        click.echo(
            f"      {intent.state.value}: {intent.operation} at {intent.destination} on {displayed_line(where)}{receipt}"
        )
    click.secho(f"      item {item.item_id}", dim=True)


def _who_and_when(item: Item) -> str:
    content = item.content
    parts: list[str] = []
    if isinstance(content, ActionItem):
        parts.append(displayed_line(content.owner) if content.owner else "no owner")
    if isinstance(content, ActionItem | NextStep):
        if content.due is not None:
            parts.append(f"due {content.due}")
        elif content.due_text:
            parts.append(f"due “{displayed_line(content.due_text)}”")
    return f" ({', '.join(parts)})" if parts else ""


def _place(evidence: GroundedEvidence, transcript: Transcript | None) -> str:
    turns = sorted({span.turn for span in evidence.spans} or set(evidence.turns))
    told = [_turn(turn, transcript) for turn in turns]
    return f"{', '.join(told)} [{evidence.alignment.value}, {evidence.score:.0f}]"


def _turn(turn: int, transcript: Transcript | None) -> str:
    if transcript is None or not 0 <= turn < len(transcript.turns):
        return f"turn {turn}"
    said = transcript.turns[turn]
    at = f" at {int(said.start // 60)}:{int(said.start % 60):02d}" if said.start is not None else ""
    first = said.source[0] if said.source else None
    line = f", line {first.line} of the file" if first is not None and first.line is not None else ""
    return f"turn {turn}, {displayed_line(said.speaker or 'unknown speaker')}{at}{line}"
