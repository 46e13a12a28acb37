"""What people had to do.

What belongs here: statements over ``interventions``. What does not: doing it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, insert, select

from artifact_assets.domain.failures import PipelineError
from artifact_assets.domain.records import Intervention
from resources.database.transaction import Transaction
from resources.ledger.tables import INTERVENTIONS

_ADD = insert(INTERVENTIONS)


def intervene(transaction: Transaction, requests: Sequence[Intervention]) -> Sequence[PipelineError | None]:
    """Record interventions."""
    transaction.many(_ADD, [dict(vars(request)) for request in requests])
    return [None] * len(requests)


def of_meeting(meeting_id: str) -> Select[Any]:
    """What people did to a meeting, oldest first."""
    return select(INTERVENTIONS).where(INTERVENTIONS.c.meeting_id == meeting_id).order_by(INTERVENTIONS.c.id)
