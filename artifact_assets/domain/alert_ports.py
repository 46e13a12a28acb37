"""What alerting needs from the outside: the book of alerts, and whoever knows of something wrong.

What belongs here: protocols and the source of conditions. What does not: what implements them (see
``resources.ledger.alerts``).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from artifact_assets.domain.alerts import Alert, Condition


@dataclass(frozen=True)
class Source:
    """Somebody who knows of trouble. ``kinds`` are the kinds of all conditions it may name, before the colon of the key.

    ``conditions`` is asked with the current time. When it raises PipelineError, alerts of its kinds stay as they are.
    """

    kinds: frozenset[str]
    conditions: Callable[[datetime], Awaitable[Sequence[Condition]]]


class AlertBook(Protocol):
    """The alerts an operator was told of. Every method is one transaction."""

    async def open_alerts(self) -> tuple[Alert, ...]:
        """Alerts that are not resolved, oldest first."""
        ...

    async def begin(self, alert: Alert, now: datetime, pause_seconds: float) -> Alert | None:
        """Take the right to send the next message of ``alert``, storing it first when it is new.

        None when somebody else took it within ``pause_seconds``, when another alert of the same key is open, or when it is
        resolved.
        """
        ...

    async def accepted(self, alert: Alert, now: datetime) -> None:
        """The message about the alert as it stands in ``alert`` was accepted."""
        ...

    async def resolved(self, alert: Alert, now: datetime) -> None:
        """The message that it is over was accepted."""
        ...

    async def seen(self, alerts: Sequence[Alert]) -> None:
        """Remember the newest condition of open alerts and when it was seen."""
        ...
