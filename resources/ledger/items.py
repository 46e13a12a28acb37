"""Identities of items across re-extractions.

What belongs here: statements over ``items``. What does not: matching a claim to a known item (see ``domain.identity``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, delete, insert, select

from artifact_assets.domain.records import KnownItem
from resources.database.transaction import Transaction
from resources.ledger.rows import item_from, item_values
from resources.ledger.tables import ITEMS

_OF_MEETINGS = select(ITEMS).where(ITEMS.c.meeting_id.in_(bindparam("ids", expanding=True))).order_by(ITEMS.c.id)
_DROP = delete(ITEMS).where(ITEMS.c.meeting_id.in_(bindparam("ids", expanding=True)))
_ADD = insert(ITEMS)


def replace_items(transaction: Transaction, items: Mapping[str, Sequence[KnownItem]]) -> None:
    """Make these the complete sets of their meetings."""
    if items:
        transaction.connection.execute(_DROP, {"ids": list(items)})
        transaction.many(_ADD, [item_values(item) for group in items.values() for item in group])


def items_by_meeting(transaction: Transaction, ids: Sequence[str]) -> dict[str, list[KnownItem]]:
    """Known items of each meeting."""
    found: dict[str, list[KnownItem]] = {meeting_id: [] for meeting_id in ids}
    for row in transaction.rows(_OF_MEETINGS, ids=ids):
        found[row.meeting_id].append(item_from(row))
    return found


def of_meeting(meeting_id: str) -> Select[Any]:
    """Known items of a meeting."""
    return select(ITEMS).where(ITEMS.c.meeting_id == meeting_id).order_by(ITEMS.c.id)
