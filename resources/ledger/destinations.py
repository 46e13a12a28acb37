"""Destinations: their account, whether anything may be sent to them, and what we last wrote to each field.

What belongs here: statements over ``destinations`` and ``fields_written``. What does not: sending.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, delete, insert, select, update

from artifact_assets.domain.dependency import HealthState
from artifact_assets.domain.exchange import DestinationRow, FieldWritten, Switch, SwitchState
from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.records import Intent, Settlement
from artifact_assets.domain.states import IntentState
from resources.database.transaction import Transaction
from resources.ledger.history import note_change
from resources.ledger.settling import settle
from resources.ledger.tables import DESTINATIONS, FIELDS_WRITTEN

_D, _F = DESTINATIONS.c, FIELDS_WRITTEN.c
_ONE = select(DESTINATIONS).where(_D.name == bindparam("name")).with_for_update()
_ADD = insert(DESTINATIONS)
_CHANGE = (
    update(DESTINATIONS)
    .where(_D.name == bindparam("b_name"))
    .values({name: bindparam(f"b_{name}") for name in ("state", "since", "until", "who", "why", "look_first")})
)
_FORGET_FIELD = delete(FIELDS_WRITTEN).where(_F.key == bindparam("b_key"))
_ADD_FIELD = insert(FIELDS_WRITTEN)

ALL: Select[Any] = select(DESTINATIONS).order_by(_D.name)


@dataclass(frozen=True)
class Meeting:
    """A request to remember the account behind a name."""

    name: str
    vendor: str
    account: str
    now: datetime


@dataclass(frozen=True)
class LookFirst:
    """A request to look up before sending, or no longer to."""

    names: tuple[str, ...]
    wanted: bool


def row_from(row: Row[Any]) -> DestinationRow:
    """A row of ``destinations``."""
    values = dict(row._mapping)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - its documented name
    values["state"] = SwitchState(values["state"])
    return DestinationRow(**values)


def field_from(row: Row[Any]) -> FieldWritten:
    """A row of ``fields_written``."""
    return FieldWritten(row.key, row.as_of, row.intent_key, row.value_digest)


def fields_written(keys: Iterable[str]) -> Select[Any]:
    """The rows under these keys."""
    return select(FIELDS_WRITTEN).where(_F.key.in_(sorted(set(keys))))


def meet(transaction: Transaction, requests: Sequence[Meeting]) -> Sequence[DestinationRow | PipelineError]:
    """Remember accounts; a name whose account changed is refused."""
    return [_meet(transaction, request) for request in requests]


def switch(transaction: Transaction, requests: Sequence[Switch]) -> Sequence[DestinationRow | PipelineError]:
    """Change whether anything may be sent."""
    return [_switch(transaction, request) for request in requests]


def look_first(transaction: Transaction, requests: Sequence[LookFirst]) -> Sequence[PipelineError | None]:
    """Mark destinations whose keys are to be looked up before their first send."""
    for request in requests:
        for name in sorted(request.names):
            known = _known(transaction, name)
            if known is not None:
                _store(transaction, replace(known, look_first=request.wanted))
    return [None] * len(requests)


def settle_fields(
    transaction: Transaction, requests: Sequence[tuple[Settlement, FieldWritten]]
) -> Sequence[Intent | PipelineError]:
    """Settle, and remember the values of those that were confirmed."""
    outcomes = settle(transaction, [settlement for settlement, _ in requests])
    values = {
        written.key: written
        for (_, written), outcome in zip(requests, outcomes, strict=True)
        if isinstance(outcome, Intent) and outcome.state is IntentState.CONFIRMED
    }
    transaction.many(_FORGET_FIELD, [{"b_key": key} for key in sorted(values)])
    transaction.many(_ADD_FIELD, [dict(vars(values[key])) for key in sorted(values)])
    return outcomes


def _meet(transaction: Transaction, request: Meeting) -> DestinationRow | PipelineError:
    known = _known(transaction, request.name)
    if known is None:
        known = DestinationRow(request.name, request.vendor, request.account, since=request.now)
        transaction.many(_ADD, [{**vars(known), "state": known.state.value}])
    if known.account != request.account:
        return PipelineError(
            FailureClass.DESTINATION_UNAUTHORIZED,
            f"Destination {request.name} leads to account {request.account} and not to {known.account} as before, so "
            "nothing is sent to it.",
            "Restore the credentials of the old account, or give the new one a name of its own.",
        )
    return known


def _switch(transaction: Transaction, request: Switch) -> DestinationRow | PipelineError:
    known = _known(transaction, request.name)
    if known is None:
        return PipelineError(
            FailureClass.UNREADABLE_INPUT,
            f"No destination is called {request.name!r}, so nothing was changed.",
            "See `destinations` for the names.",
        )
    # The pipeline parks and opens again; what a person or the breaker stopped stays stopped.
    stopped = known.state in (SwitchState.PAUSED, SwitchState.TRIPPED)
    if stopped and request.state is SwitchState.PARKED:
        return known
    changed = replace(
        known, state=request.state, since=request.at, until=request.until, who=request.who, why=request.why
    )
    _store(transaction, changed)
    if changed.state is not known.state:
        # A breaker that is open lets nothing through, a destination that is open everything: one history, one word.
        state = HealthState.UP if changed.state is SwitchState.OPEN else changed.state
        note_change(transaction, changed.name, state.value, request.at, None, request.why)
    return changed


def _known(transaction: Transaction, name: str) -> DestinationRow | None:
    found = transaction.rows(_ONE, name=name)
    return row_from(found[0]) if found else None


def _store(transaction: Transaction, row: DestinationRow) -> None:
    values = {f"b_{name}": value for name, value in vars(row).items() if name not in {"vendor", "account"}}
    transaction.many(_CHANGE, [{**values, "b_state": row.state.value}])
