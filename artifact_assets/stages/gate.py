"""Whether anything may be sent to a destination right now.

What belongs here: the account behind a name, pauses, parking and the breaker, as the ledger knows them, read again every
second so that a pause reaches every process within a few. What does not: single writes (see ``delivery``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from artifact_assets.domain.destination import Destination
from artifact_assets.domain.exchange import DestinationRow, Switch, SwitchState
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.ports import Clock, Ledger
from artifact_assets.domain.refusals import Refusal

FRESH_SECONDS = 1.0
"""How old the ledger's word may be. A pause must hold within five seconds everywhere."""
ASK_AGAIN = timedelta(minutes=5)
"""When a write that a person's switch holds back is looked at again."""


@dataclass
class Gate:
    """Remembers what the ledger said, for one process."""

    _rows: dict[str, DestinationRow] = field(default_factory=dict[str, DestinationRow])
    _met: set[str] = field(default_factory=set[str])
    _read_at: float = -1e9

    async def row(self, ledger: Ledger, clock: Clock, destination: Destination) -> DestinationRow:
        """The destination as the ledger knows it.

        Raises PipelineError(destination_unauthorized) when another account answers than ever before under this name, and
        what the destination's preflight raises.
        """
        name = destination.name
        if name not in self._met:
            self._rows[name] = await ledger.meet(name, destination.vendor, await destination.account(), clock.now())
            self._met.add(name)
            return self._rows[name]
        if clock.monotonic() - self._read_at > FRESH_SECONDS:
            self._read_at = clock.monotonic()
            self._rows.update({row.name: row for row in await ledger.destination_rows()})
        return self._rows[name]

    def forget(self) -> None:
        """Read the ledger again at the next question."""
        self._read_at = -1e9


def shut(row: DestinationRow, now: datetime) -> PipelineError | None:
    """Why nothing may be sent, or None when it may."""
    if row.state is SwitchState.OPEN or _over(row, now):
        return None
    failure = FailureClass.DESTINATION_UNAVAILABLE
    remedy = f"Resume it with `destinations resume {row.name} --why TEXT` when that is settled."
    if row.state is SwitchState.PARKED and row.until is not None:
        failure, remedy = FailureClass.DESTINATION_QUOTA, "Nothing; it opens again by itself."
    return PipelineError(
        failure, f"Destination {row.name} is {row.state} ({row.why}), so nothing is sent to it.", remedy
    )


def opens_at(row: DestinationRow, now: datetime) -> datetime:
    """When to look at a shut destination again."""
    return row.until if row.until is not None and row.until > now else now + ASK_AGAIN


def parking(name: str, error: PipelineError, now: datetime) -> Switch | None:
    """The switch that a refusal throws: no quota and no credentials concern every write, not one."""
    until = None
    if error.failure_class is FailureClass.DESTINATION_QUOTA:
        wait = error.retry_after if isinstance(error, Refusal) else None
        until = now + timedelta(seconds=wait) if wait is not None else _midnight(now)
    elif error.failure_class is not FailureClass.DESTINATION_UNAUTHORIZED:
        return None
    return Switch(name, SwitchState.PARKED, now, "pipeline", error.failure_class.value, until)


def _over(row: DestinationRow, now: datetime) -> bool:
    return row.state is SwitchState.PARKED and row.until is not None and row.until <= now


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
