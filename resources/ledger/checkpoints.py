"""Stored stage results.

What belongs here: statements over ``checkpoints``. What does not: when a stage's result may be reused (see ``stages``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, bindparam, select, true, update
from sqlalchemy.dialects import postgresql, sqlite

from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.records import Checkpoint
from resources.database.transaction import Transaction
from resources.ledger.rows import Values, checkpoint_from, checkpoint_values
from resources.ledger.tables import CHECKPOINTS

_C = CHECKPOINTS.c
_KEY = ("meeting_id", "stage", "key")
_OF_MEETINGS = (
    select(CHECKPOINTS).where(_C.meeting_id.in_(bindparam("ids", expanding=True))).order_by(_C.created_at, _C.id)
)
_LOGGED = (
    update(CHECKPOINTS)
    .where(
        _C.meeting_id == bindparam("b_meeting_id"),
        _C.stage == bindparam("b_stage"),
        # Older results of the stage have nothing left to tell; one stored since then has an event of its own to come.
        _C.created_at <= bindparam("b_created_at"),
    )
    .values(event_pending=False)
)


def _upsert(insert: Any) -> Any:
    statement = insert(CHECKPOINTS)
    replaced = {c.name: statement.excluded[c.name] for c in CHECKPOINTS.c if c.name not in {"id", *_KEY}}
    return statement.on_conflict_do_update(index_elements=list(_KEY), set_=replaced)


_UPSERT: dict[str, Any] = {"sqlite": _upsert(sqlite.insert), "postgresql": _upsert(postgresql.insert)}


def store_checkpoints(transaction: Transaction, checkpoints: Sequence[Checkpoint]) -> None:
    """Store results; one under a known key replaces it."""
    transaction.many(
        _UPSERT[transaction.connection.dialect.name], [checkpoint_values(checkpoint) for checkpoint in checkpoints]
    )


def mark_logged(transaction: Transaction, requests: Sequence[Sequence[Checkpoint]]) -> Sequence[PipelineError | None]:
    """Their events are in Dagster's log."""
    rows: list[Values] = [
        {
            "b_meeting_id": checkpoint.meeting_id,
            "b_stage": checkpoint.stage.value,
            "b_created_at": checkpoint.created_at,
        }
        for request in requests
        for checkpoint in request
    ]
    transaction.many(_LOGGED, rows)
    return [None] * len(requests)


def checkpoints_by_meeting(transaction: Transaction, ids: Sequence[str]) -> dict[str, list[Checkpoint]]:
    """Results of each meeting, oldest first."""
    found: dict[str, list[Checkpoint]] = {meeting_id: [] for meeting_id in ids}
    for row in transaction.rows(_OF_MEETINGS, ids=ids):
        found[row.meeting_id].append(checkpoint_from(row))
    return found


def of_meeting(meeting_id: str) -> Select[Any]:
    """All results of a meeting, oldest first."""
    return select(CHECKPOINTS).where(_C.meeting_id == meeting_id).order_by(_C.created_at, _C.id)


def pending(limit: int) -> Select[Any]:
    """Results whose event may be missing, oldest first."""
    return select(CHECKPOINTS).where(_C.event_pending == true()).order_by(_C.id).limit(limit)
