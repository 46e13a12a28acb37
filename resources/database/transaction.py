"""One write transaction, as its statements see it.

What belongs here: the connection and the time leases are judged by. What does not: beginning and committing (see
``writer``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, text

from artifact_assets.domain.failures import PipelineError
from resources.database.columns import UtcTime

R = TypeVar("R")
T = TypeVar("T")

Operation = Callable[["Transaction", Sequence[R]], Sequence[T | PipelineError]]
"""Does many requests of one kind at once and returns one outcome for each, in order.

A refused request is returned as its error and has written nothing. No two requests of one call concern the same key.
"""

_DATABASE_NOW = text("SELECT clock_timestamp() AS now").columns(now=UtcTime)


@dataclass
class Transaction:
    """``database_time`` has leases judged by the server's clock, because machines that share a database disagree."""

    connection: Connection
    clock: Callable[[], datetime]
    database_time: bool
    _lease_now: datetime | None = field(default=None)

    def lease_now(self, now: datetime | None = None) -> datetime:
        """The time leases are judged by: the server's, else ``now``, else the clock's."""
        if not self.database_time:
            return now or self.clock()
        if self._lease_now is None:
            told: datetime = self.connection.execute(_DATABASE_NOW).scalar_one()
            self._lease_now = told
        return self._lease_now

    def rows(self, statement: Executable, **parameters: Any) -> Sequence[Any]:
        """All rows of a select."""
        return self.connection.execute(statement, parameters).all()

    def many(self, statement: Executable, rows: Sequence[dict[str, Any]]) -> None:
        """Execute a statement for many rows; nothing for none."""
        if rows:
            self.connection.execute(statement, rows)
