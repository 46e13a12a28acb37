"""Leases that nobody gave back.

What belongs here: the part of the ``Ledger`` port about them, with its statement. What does not: taking and giving back (see
``leases``) and who counts as silent (see ``artifact_assets.domain.silence``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Row, Select, select

from artifact_assets.domain.records import Meeting
from resources.ledger.rows import meeting_from
from resources.ledger.tables import MEETINGS

T = TypeVar("T")
_M = MEETINGS.c


class HeldPort(ABC):
    """Mixed into ``SqlLedger``, which brings ``read``."""

    @abstractmethod
    async def read(self, statement: Select[Any], value: Callable[[Row[Any]], T]) -> tuple[T, ...]:
        """Rows as values."""

    async def lapsed(self, before: datetime) -> tuple[Meeting, ...]:
        """See ``Leases.lapsed``."""
        return await self.read(
            select(MEETINGS).where(_M.lease_owner.is_not(None), _M.lease_until < before).order_by(_M.id), meeting_from
        )
