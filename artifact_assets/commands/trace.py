"""``trace MEETING``: everything that happened to a meeting, in order of time.

What belongs here: the command. What does not: the artifact (see ``show``).
"""

from __future__ import annotations

import asyncio
from typing import Any

import click

from artifact_assets.commands.output import json_option, meeting_row, print_json, print_table
from artifact_assets.configuration.environment import settings
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.model_ports import AnswerStore
from artifact_assets.domain.ports import Ledger
from artifact_assets.wiring import open_ledger
from resources.ledger.model_calls import SqlAnswers

Entry = dict[str, Any]


@click.command()
@click.argument("meeting")
@json_option
def trace(meeting: str, as_json: bool) -> None:
    """Print the whole history of MEETING: transitions, stages, model calls, writes and their attempts, what people did."""
    with open_ledger(settings()) as ledger:
        row, entries = asyncio.run(_history(ledger, SqlAnswers(ledger), meeting))
    if as_json:
        print_json({**row, "history": entries})
        return
    print_table(
        ("time (UTC)", "what", "detail", "run"),
        ((e["at"][:19].replace("T", " "), e["what"], e["detail"], (e.get("run_id") or "")[:8]) for e in entries),
        empty="Nothing has happened yet.",
    )


async def _history(ledger: Ledger, answers: AnswerStore, meeting_id: str) -> tuple[Entry, list[Entry]]:
    meeting = await ledger.meeting(meeting_id)
    if meeting is None:
        raise PipelineError(
            FailureClass.UNREADABLE_INPUT, f"There is no meeting {meeting_id}.", "List the known ones with `meetings`."
        )
    entries = [
        *await _transitions(ledger, meeting_id),
        *await _stages(ledger, meeting_id),
        *await _model_calls(answers, meeting_id),
        *await _writes(ledger, meeting_id),
        *await _interventions(ledger, meeting_id),
    ]
    return dict(meeting_row(meeting)), sorted(entries, key=lambda entry: entry["at"])


async def _transitions(ledger: Ledger, meeting_id: str) -> list[Entry]:
    return [
        {
            "at": t.at.isoformat(),
            "what": "transition",
            "detail": f"{t.before.value if t.before else 'new'} -> {t.after.value}"
            + (f" [{t.failure_class}]" if t.failure_class else "")
            + (f" {t.cause}" if t.cause else ""),
            "run_id": t.run_id,
            "attempt": t.attempt,
            "failure_class": t.failure_class.value if t.failure_class else None,
        }
        for t in await ledger.transitions(meeting_id)
    ]


async def _stages(ledger: Ledger, meeting_id: str) -> list[Entry]:
    return [
        {
            "at": c.created_at.isoformat(),
            "what": f"stage {c.stage.value}",
            "detail": f"{c.duration_seconds:g} s, document {c.document[:12]}",
            "run_id": c.run_id,
            "stage": c.stage.value,
            "key": c.key,
            "components": dict(c.components),
            "document": c.document,
            "metadata": dict(c.metadata),
            "duration_seconds": c.duration_seconds,
            "attempts": c.attempts,
        }
        for c in await ledger.checkpoints(meeting_id)
    ]


async def _model_calls(answers: AnswerStore, meeting_id: str) -> list[Entry]:
    return [
        {
            "at": call.started_at.isoformat(),
            "what": f"model {call.model}",
            "detail": f"{call.outcome.value}, {call.duration_seconds:g} s, attempts {call.attempts}"
            + (f" [{call.failure_class}]" if call.failure_class else ""),
            "run_id": call.run_id,
            "model": call.model,
            "parameters": dict(call.parameters),
            "request": call.request_digest,
            "response": call.response,
            "outcome": call.outcome.value,
            "attempts": call.attempts,
            "duration_seconds": call.duration_seconds,
            "usage": vars(call.usage),
            "cost": call.cost,
            "prompt_version": call.prompt_version,
            "prompt_digest": call.prompt_digest,
            "failure_class": call.failure_class.value if call.failure_class else None,
        }
        for call in await answers.calls(meeting_id)
    ]


async def _writes(ledger: Ledger, meeting_id: str) -> list[Entry]:
    entries: list[Entry] = []
    for intent in await ledger.intents(meeting_id=meeting_id):
        if intent.created_at is not None and not intent.attempts:
            entries.append(
                {
                    "at": intent.created_at.isoformat(),
                    "what": f"write {intent.operation}",
                    "detail": f"planned at {intent.destination}, never sent, now {intent.state.value}"
                    + (f": {intent.cause}" if intent.cause else ""),
                    "item_id": intent.item_id,
                    "idempotency_key": intent.intent_key,
                }
            )
        entries += [
            {
                "at": attempt.started_at.isoformat(),
                "what": f"write {intent.operation}",
                "detail": f"attempt {attempt.number} at {intent.destination}: {attempt.outcome}, now {intent.state.value}",
                "item_id": intent.item_id,
                "idempotency_key": intent.intent_key,
                "outcome": attempt.outcome,
                "status": attempt.status,
                "correlation_id": attempt.correlation_id,
            }
            for attempt in await ledger.attempts(intent.intent_key)
        ]
    return entries


async def _interventions(ledger: Ledger, meeting_id: str) -> list[Entry]:
    return [
        {"at": i.at.isoformat(), "what": f"by {i.who}", "detail": f"{i.action}: {i.why}", "item_id": i.item_id}
        for i in await ledger.interventions(meeting_id)
    ]
