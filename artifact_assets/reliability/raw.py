"""Columns of the ledger as polars frames.

What belongs here: types, and reading all that concerns the meetings of some days. What does not: meaning (see ``drawing``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from artifact_assets.domain.ledger_columns import Columns, Days, LedgerColumns, Reading
from artifact_assets.reliability.datasets import TIME

_S, _I, _F = pl.String, pl.Int64, pl.Float64
SHAPES: Mapping[Reading | str, Mapping[str, Any]] = {
    Reading.MEETINGS: {
        "meeting_id": _S, "kind": _S, "state": _S, "failure_class": _S, "received_at": TIME, "updated_at": TIME,
        "next_attempt_at": TIME, "attempts": _I, "items": _I, "quarantined": _I, "delivered": _I, "backfill": _S,
    },
    Reading.TRANSITIONS: {
        "meeting_id": _S, "before": _S, "after": _S, "at": TIME, "run_id": _S, "failure_class": _S,
    },
    Reading.STEPS: {
        "meeting_id": _S, "stage": _S, "created_at": TIME, "duration_seconds": _F, "attempts": _I, "extractor": _S,
        "model": _S, "artifact": _S,
    },
    Reading.ITEMS: {
        "meeting_id": _S, "item_id": _S, "kind": _S, "state": _S, "created_at": TIME, "updated_at": TIME,
    },
    Reading.INTENTS: {
        "meeting_id": _S, "intent_key": _S, "record_key": _S, "item_id": _S, "destination": _S, "operation": _S,
        "state": _S, "failure_class": _S, "attempts": _I, "created_at": TIME, "updated_at": TIME,
    },
    Reading.ATTEMPTS: {
        "intent_key": _S, "record_key": _S, "meeting_id": _S, "outcome": _S, "code": _S, "started_at": TIME,
        "ended_at": TIME,
    },
    Reading.CALLS: {
        "meeting_id": _S, "model": _S, "outcome": _S, "failure_class": _S, "started_at": TIME, "duration_seconds": _F,
        "attempts": _I, "input_tokens": _I, "output_tokens": _I, "cost": _F, "prompt_version": _S,
    },
    "repairs": {"intent_key": _S, "what": _S, "noticed_at": TIME},
    "interventions": {"at": TIME, "action": _S, "meeting_id": _S, "kind": _S, "backfill": _S},
    "dependency_changes": {"name": _S, "state": _S, "at": TIME, "failure_class": _S, "cause": _S},
}  # fmt: skip


@dataclass(frozen=True)
class Rows:
    """Everything written about the meetings of some days, and what people did on those days."""

    frames: Mapping[str, pl.DataFrame]

    def __getitem__(self, name: str) -> pl.DataFrame:
        return self.frames[name]


async def rows_of(ledger: LedgerColumns, days: Days) -> Rows:
    """Read ``days`` from the ledger."""
    frames = {what.value: frame(what, await ledger.read(what, days)) for what in Reading}
    frames["repairs"] = frame("repairs", await ledger.repairs(days))
    frames["interventions"] = frame("interventions", await ledger.interventions(days))
    return Rows(frames)


def frame(what: Reading | str, columns: Columns) -> pl.DataFrame:
    """Columns as a frame of the shape they must have. Times that come as text are UTC without a zone."""
    shape = SHAPES[what]
    return pl.DataFrame({name: _series(name, columns[name], dtype) for name, dtype in shape.items()})


def _series(name: str, values: Any, dtype: Any) -> pl.Series:
    if dtype != TIME:
        return pl.Series(name, values, dtype=dtype)
    told = next((value for value in values if value is not None), None)
    if not isinstance(told, str):
        return pl.Series(name, values, dtype=TIME)
    text = pl.Series(name, values, dtype=pl.String)
    # SQLite leaves the fraction out where it is zero.
    return text.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us").dt.replace_time_zone("UTC")
