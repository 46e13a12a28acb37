"""What an auditor is given of a meeting: its whole history and every request as it was sent.

What belongs here: choosing and shaping the rows. What does not: chaining them (see ``domain.chain``).

Model requests are named by their digests: their text is the transcript, which the auditor asks for apart. Writes are
complete, with payload, target, attempts and receipts: that is what stands in other people's systems.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from artifact_assets.domain.model_ports import AnswerStore
from artifact_assets.domain.ports import Ledger
from artifact_assets.domain.records import Intent, Json, Meeting
from artifact_assets.stages.history import history


async def audit_rows(ledger: Ledger, answers: AnswerStore, meeting_id: str) -> tuple[Meeting, list[Mapping[str, Any]]]:
    """The meeting and its rows: history in order of time, then every write. Raises as ``history`` does."""
    meeting, entries = await history(ledger, answers, meeting_id)
    writes = [await _write(ledger, intent) for intent in await ledger.intents(meeting_id=meeting_id)]
    items = [
        {
            "kind": "item",
            "item_id": i.item_id,
            "item_kind": i.kind.value,
            "state": i.state.value,
            "document": i.document,
        }
        for i in await ledger.items(meeting_id)
    ]
    return meeting, [_meeting(meeting), *({"kind": "event", **entry} for entry in entries), *items, *writes]


def _meeting(meeting: Meeting) -> Json:
    return {
        "kind": "meeting",
        "meeting_id": meeting.meeting_id,
        "file_name": meeting.file_name,
        "transcript_digest": meeting.transcript_digest,
        "sidecar_digest": meeting.sidecar_digest,
        "revision": meeting.revision,
        "received_at": meeting.received_at.isoformat(),
        "state": meeting.state.value,
        "failure_class": meeting.failure_class.value if meeting.failure_class else None,
        "cause": meeting.cause,
    }


async def _write(ledger: Ledger, intent: Intent) -> Json:
    return {
        "kind": "write",
        "idempotency_key": intent.intent_key,
        "record_key": intent.record_key,
        "item_id": intent.item_id,
        "revision": intent.revision,
        "destination": intent.destination,
        "account": intent.account,
        "operation": intent.operation,
        "target": dict(intent.target),
        "payload": dict(intent.payload),
        "payload_digest": intent.payload_digest,
        "state": intent.state.value,
        "failure_class": intent.failure_class.value if intent.failure_class else None,
        "cause": intent.cause,
        "planned_at": intent.created_at.isoformat() if intent.created_at is not None else None,
        "receipt": dict(intent.receipt) if intent.receipt is not None else None,
        "attempts": [
            {
                **vars(attempt),
                "started_at": attempt.started_at.isoformat(),
                "ended_at": attempt.ended_at.isoformat() if attempt.ended_at is not None else None,
            }
            for attempt in await ledger.attempts(intent.intent_key)
        ],
    }
