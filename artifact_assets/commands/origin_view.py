"""Printing what is behind a record.

What belongs here: rows and sentences. What does not: finding it (see ``stages.origin``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from artifact_assets.commands.output import meeting_row, print_json, print_table
from artifact_assets.domain.artifact import headline
from artifact_assets.domain.records import Checkpoint
from artifact_assets.domain.transcript import Turn
from artifact_assets.stages.origin import Origin


def print_origins(found: Sequence[Origin], *, as_json: bool) -> None:
    """Every write behind the record, newest first."""
    if as_json:
        print_json([_row(origin) for origin in found])
        return
    print_table(("what", "told"), (line for origin in found for line in _lines(origin)), empty="")


def _lines(origin: Origin) -> list[tuple[str, str]]:
    intent, receipt = origin.intent, origin.intent.receipt or {}
    named = headline(origin.item.content) if origin.item is not None else "not stored any more"
    place = receipt.get("url") or receipt.get("record_id") or "?"
    lines = [
        ("record", f"{intent.destination}: {place} ({intent.operation}, {intent.state})"),
        (
            "meeting",
            f"{origin.meeting.meeting_id} ({origin.meeting.state}, received {origin.meeting.received_at:%Y-%m-%d})",
        ),
        ("item", f"{intent.item_id}: {named}"),
    ]
    lines += [("quote", f'"{evidence.quote}" ({evidence.alignment})') for evidence in origin.evidence]
    lines += [("said by", _said(turn)) for turn in origin.turns]
    lines += [("made by", _made(c)) for c in (origin.extracted, origin.validated, origin.delivered) if c is not None]
    return [*lines, ("look on", f"python -m artifact_assets trace {origin.meeting.meeting_id}")]


def _said(turn: Turn) -> str:
    at = f" at {int(turn.start // 60)}:{int(turn.start % 60):02d}" if turn.start is not None else ""
    return f"{turn.speaker or 'unknown'}, turn {turn.index}{at}"


def _made(checkpoint: Checkpoint) -> str:
    told = checkpoint.metadata
    by = " ".join(str(told[name]) for name in ("extractor", "model", "prompt_version") if told.get(name))
    return f"{checkpoint.stage} in run {checkpoint.run_id}" + (f" ({by})" if by else "")


def _row(origin: Origin) -> dict[str, Any]:
    intent = origin.intent
    return {
        "meeting": dict(meeting_row(origin.meeting)),
        "item_id": intent.item_id,
        "item": origin.item.content.model_dump(mode="json") if origin.item is not None else None,
        "evidence": [evidence.model_dump(mode="json") for evidence in origin.evidence],
        "turns": [turn.model_dump(mode="json", include={"index", "speaker", "start", "end"}) for turn in origin.turns],
        "runs": {
            c.stage.value: {"run_id": c.run_id, "at": c.created_at.isoformat(), "metadata": dict(c.metadata)}
            for c in (origin.extracted, origin.validated, origin.delivered)
            if c is not None
        },
        "idempotency_key": intent.intent_key,
        "record_key": intent.record_key,
        "destination": intent.destination,
        "operation": intent.operation,
        "state": intent.state.value,
        "receipt": dict(intent.receipt) if intent.receipt is not None else None,
    }
