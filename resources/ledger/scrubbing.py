"""Taking every word of a meeting out of its rows.

What belongs here: which columns can hold words, and what stands there afterwards: ids, digests, codes, counts, times. What does
not: when that happens (see ``erasures``). ``docs/privacy.md`` lists these columns; a test greps the database for the rest.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import BindParameter, Table, bindparam, delete, select, update

from artifact_assets.domain.records import Json
from artifact_assets.domain.retention import RETAINED
from resources.database.transaction import Transaction
from resources.ledger.alert_tables import ALERTS
from resources.ledger.batch_tables import BATCH_REQUESTS
from resources.ledger.replay_tables import REPLAY_ENTRIES
from resources.ledger.tables import (
    ATTEMPTS,
    CHECKPOINTS,
    INTENTS,
    INTERVENTIONS,
    MARKS,
    MEETINGS,
    MODEL_CALLS,
    TRANSITIONS,
)

SCRUBBED: Json = {"erased": True}
"""What stands where words stood, in JSON."""

_KEPT_OF_RECEIPTS = ("record_id", "url", "applied", "status", "correlation_id", "request_digest", "stamp")
_KEPT_OF_TARGETS = ("object", "id", "unresolved")
_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,60}")
_ID: BindParameter[str] = bindparam("b_id")
_KEYS = select(INTENTS.c.intent_key).where(INTENTS.c.meeting_id == _ID)

_BLANK: tuple[tuple[Table, dict[str, Any]], ...] = (
    (MEETINGS, {"source": "", "file_name": "", "sidecar_source": None, "kind": None, "next_attempt_at": None}),
    (TRANSITIONS, {"cause": None}),
    (MODEL_CALLS, {"response_document": None, "outcome": "discarded"}),
    (REPLAY_ENTRIES, {"document": None, "basis": None, "cause": None, "state": "skipped"}),
)

_TYPED = (
    update(INTERVENTIONS)
    # Retention records counts, and nothing that anybody typed.
    .where(INTERVENTIONS.c.meeting_id == _ID, INTERVENTIONS.c.action != RETAINED)
    .values(why="", details=SCRUBBED)
)

COMPACTED = tuple(
    table.name
    for table in (
        *(table for table, _ in _BLANK),
        INTERVENTIONS,
        INTENTS,
        ATTEMPTS,
        CHECKPOINTS,
        BATCH_REQUESTS,
        ALERTS,
    )
)
"""Tables in whose dead rows words may lie."""


def scrub_meeting(transaction: Transaction, meeting_id: str, sources: tuple[str, ...]) -> int:
    """Take the words out; returns how many rows were changed. May be repeated."""
    connection, changed = transaction.connection, 0
    for statement in (
        *(update(table).where(table.c.meeting_id == _ID).values(blank) for table, blank in _BLANK),
        _TYPED,
    ):
        changed += connection.execute(statement, {"b_id": meeting_id}).rowcount
    changed += connection.execute(
        delete(BATCH_REQUESTS).where(BATCH_REQUESTS.c.meeting_id == _ID), {"b_id": meeting_id}
    ).rowcount
    told = update(ALERTS).where(ALERTS.c.example_meeting == _ID)
    changed += connection.execute(
        told.values(example_meeting=None, cause="", next_command=None), {"b_id": meeting_id}
    ).rowcount
    if sources:
        connection.execute(delete(MARKS).where(MARKS.c.source.in_(sources)))
    return changed + _intents(transaction, meeting_id) + _checkpoints(transaction, meeting_id)


def _intents(transaction: Transaction, meeting_id: str) -> int:
    rows = transaction.rows(select(INTENTS).where(INTENTS.c.meeting_id == _ID), b_id=meeting_id)
    transaction.many(
        update(INTENTS)
        .where(INTENTS.c.id == bindparam("row"))
        .values(
            payload=bindparam("b_payload"), target=bindparam("b_target"), receipt=bindparam("b_receipt"), cause=None
        ),
        [
            {
                "row": row.id,
                "b_payload": SCRUBBED,
                "b_target": _only(row.target, _KEPT_OF_TARGETS),
                "b_receipt": None if row.receipt is None else _only(row.receipt, _KEPT_OF_RECEIPTS),
            }
            for row in rows
        ],
    )
    tries = transaction.rows(select(ATTEMPTS).where(ATTEMPTS.c.intent_key.in_(_KEYS)), b_id=meeting_id)
    # A vendor's code is a code only when it looks like one.
    foreign = [{"row": row.id} for row in tries if row.code is not None and not _CODE.fullmatch(row.code)]
    transaction.many(update(ATTEMPTS).where(ATTEMPTS.c.id == bindparam("row")).values(code=None), foreign)
    return len(rows) + len(foreign)


def _checkpoints(transaction: Transaction, meeting_id: str) -> int:
    """Checks keep name and verdict, so that counts over time stay true."""
    rows = transaction.rows(select(CHECKPOINTS).where(CHECKPOINTS.c.meeting_id == _ID), b_id=meeting_id)
    transaction.many(
        update(CHECKPOINTS)
        .where(CHECKPOINTS.c.id == bindparam("row"))
        .values(checks=bindparam("b_checks"), components=SCRUBBED, metadata={}, event_pending=False),
        [{"row": row.id, "b_checks": [{**check, "metadata": {}} for check in row.checks]} for row in rows],
    )
    return len(rows)


def _only(told: Json, kept: tuple[str, ...]) -> Json:
    return {name: told[name] for name in kept if name in told}
