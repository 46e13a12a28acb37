"""Values that ledger tests start from.

What belongs here: builders with non-default values, so that a column that is dropped cannot pass by luck.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from artifact_assets.domain.artifact import ItemKind, ItemState
from artifact_assets.domain.records import (
    Arrival,
    Checkpoint,
    CheckResult,
    Counts,
    Intent,
    IntentPlan,
    KnownItem,
    Settlement,
    StageCommit,
)
from artifact_assets.domain.states import IntentState, MeetingState, Stage
from resources.ledger.ledger import SqlLedger
from tests.clock import NOON


def later(seconds: float) -> datetime:
    """So many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def arrival(meeting_id: str = "sync", content: str = "a", **changes: Any) -> Arrival:
    """A file with a sidecar."""
    values: dict[str, Any] = {
        "meeting_id": meeting_id,
        "source": f"/inbox/{meeting_id}.vtt",
        "file_name": f"{meeting_id}.vtt",
        "transcript_digest": content * 64,
        "size_bytes": 28_000,
        "sidecar_source": f"/inbox/{meeting_id}.meta.json",
        "sidecar_digest": "5" * 64,
        "kind": "sales",
    }
    return Arrival(**{**values, **changes})


def checkpoint(meeting_id: str = "sync", stage: Stage = Stage.NORMALIZED, **changes: Any) -> Checkpoint:
    """A stored result with checks."""
    values: dict[str, Any] = {
        "meeting_id": meeting_id,
        "stage": stage,
        "key": "c" * 64,
        "components": {"upstream": "a" * 64, "version": 3},
        "document": "d" * 64,
        "run_id": "run-1",
        "created_at": later(1),
        "metadata": {"turns": 42, "share": 0.5},
        "checks": (CheckResult("accurate", False, "ERROR", {"codes": ["quote_not_found"]}),),
        "duration_seconds": 1.25,
        "attempts": 2,
    }
    return Checkpoint(**{**values, **changes})


def item(item_id: str = "item-1", meeting_id: str = "sync", **changes: Any) -> KnownItem:
    """A known item."""
    values: dict[str, Any] = {
        "item_id": item_id,
        "meeting_id": meeting_id,
        "kind": ItemKind.ACTION_ITEM,
        "state": ItemState.QUARANTINED,
        "document": "e" * 64,
        "created_at": later(2),
        "updated_at": later(3),
    }
    return KnownItem(**{**values, **changes})


def stage_commit(meeting_id: str = "sync", owner: str = "run-1", **changes: Any) -> StageCommit:
    """A finished stage."""
    values: dict[str, Any] = {
        "meeting_id": meeting_id,
        "owner": owner,
        "state": MeetingState.NORMALIZED,
        "at": later(5),
        "run_id": "run-1",
        "checkpoint": checkpoint(meeting_id),
        "counts": Counts(items=5, quarantined=2, delivered=1),
    }
    return StageCommit(**{**values, **changes})


def planned(name: str = "task", content: str = "1", **changes: Any) -> IntentPlan:
    """A write of ``content`` to the record ``name``."""
    values: dict[str, Any] = {
        "intent_key": f"{name}-{content}",
        "record_key": name,
        "meeting_id": "sync",
        "item_id": "item-1",
        "destination": "records",
        "account": "account-7",
        "operation": "create_task",
        "target": {"object": "deal", "id": "123"},
        "payload": {"title": f"content {content}", "owner": None},
        "payload_digest": content * 8,
        "revision": "9" * 64,
        "sequence": 4,
    }
    return IntentPlan(**{**values, **changes})


def settlement(intent: Intent | IntentPlan, state: IntentState, owner: str = "run-1", **changes: Any) -> Settlement:
    """What an attempt came to."""
    values: dict[str, Any] = {
        "intent_key": intent.intent_key,
        "owner": owner,
        "state": state,
        "at": later(20),
        "outcome": f"came to {state}",
        "status": 201,
        "code": "CREATED",
        "correlation_id": "abc",
        "request_digest": "f" * 64,
        "duration_seconds": 0.75,
    }
    return Settlement(**{**values, **changes})


async def held(ledger: SqlLedger, meeting_id: str = "sync", owner: str = "run-1") -> None:
    """Have a meeting that ``owner`` holds."""
    await ledger.receive(arrival(meeting_id), NOON)
    assert await ledger.begin(meeting_id, owner, 60) is not None


async def sent(ledger: SqlLedger, plan: IntentPlan, owner: str = "run-1", lease_seconds: float = 60) -> Intent:
    """Plan a write and have it under way."""
    await ledger.plan((plan,), NOON)
    claimed = await ledger.claim(plan.intent_key, owner, lease_seconds, later(10))
    assert claimed is not None
    return claimed


async def confirmed(ledger: SqlLedger, plan: IntentPlan) -> Intent:
    """Plan a write and have it accepted."""
    claimed = await sent(ledger, plan)
    return await ledger.settle(settlement(claimed, IntentState.CONFIRMED, receipt={"record_id": "77"}))
