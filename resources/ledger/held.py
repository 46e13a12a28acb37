"""Leases that nobody gave back.

What belongs here: the part of the ``Ledger`` port about them, with its statement. What does not: taking and giving back (see
``leases``) and who counts as silent (see ``artifact_assets.domain.silence``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Row, Select, select

from artifact_assets.domain.records import Meeting
from resources.ledger.rows import meeting_from
from resources.ledger.tables import MEETINGS

T = TypeVar("T")
_M = MEETINGS.c
_HELD = select(MEETINGS).where(_M.lease_owner.is_not(None)).order_by(_M.lease_until)


class HeldPort(ABC):
    """Mixed into ``SqlLedger``, which brings ``read``."""

    @abstractmethod
    async def read(self, statement: Select[Any], value: Callable[[Row[Any]], T]) -> tuple[T, ...]:
        """Rows as values."""

    async def held(self) -> tuple[Meeting, ...]:
        """See ``Leases.held``."""
        return await self.read(_HELD, meeting_from)
