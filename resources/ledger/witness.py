"""Noticing that an older ledger was put back.

What belongs here: a small file beside the ledger's home that remembers how far the ledger had come. What does not: what
follows from it (every key is looked up before its first send, until ``deliveries reconcile --adopt``).
"""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import func, select

from resources.ledger.ledger import SqlLedger
from resources.ledger.tables import ATTEMPTS, DEPLOYMENT

FILE = "ledger.witness"


async def went_back(ledger: SqlLedger, home: Path) -> bool:
    """Whether the ledger has come less far than this home has seen it; it is then seen as it is now."""
    ledger_id, reached = await _reached(ledger)
    try:
        seen = json.loads((home / FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return bool(seen.get("ledger_id") == ledger_id and int(seen.get("reached") or 0) > reached)


async def seen(ledger: SqlLedger, home: Path) -> None:
    """Remember how far the ledger has come."""
    ledger_id, reached = await _reached(ledger)
    (home / FILE).write_text(json.dumps({"ledger_id": ledger_id, "reached": reached}), "utf-8")


async def _reached(ledger: SqlLedger) -> tuple[str, int]:
    (ledger_id,) = await ledger.read(select(DEPLOYMENT.c.ledger_id), lambda row: str(row[0])) or ("",)
    (reached,) = await ledger.read(select(func.max(ATTEMPTS.c.id)), lambda row: int(row[0] or 0)) or (0,)
    return ledger_id, reached
