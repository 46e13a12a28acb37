"""Tries of writes.

What belongs here: statements over ``attempts``. What does not: reading them back (see ``intents``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, insert, update

from artifact_assets.domain.records import Intent, Settlement
from resources.database.transaction import Transaction
from resources.ledger.rows import Values
from resources.ledger.tables import ATTEMPTS

_A = ATTEMPTS.c
_ADD = insert(ATTEMPTS)
_TOLD = ("outcome", "status", "code", "correlation_id", "request_digest", "duration_seconds")
_END = (
    update(ATTEMPTS)
    .where(_A.intent_key == bindparam("b_intent_key"), _A.ended_at.is_(None))
    .values({"ended_at": bindparam("b_ended_at"), **{name: bindparam(f"b_{name}") for name in _TOLD}})
)
_CUT_OFF = (
    update(ATTEMPTS)
    .where(_A.intent_key == bindparam("b_intent_key"), _A.ended_at.is_(None))
    .values(ended_at=bindparam("b_ended_at"), outcome="cut off")
)


def start_attempts(transaction: Transaction, begun: Sequence[tuple[Intent, datetime]]) -> None:
    """Attempts begin; their numbers count since the intent was last planned."""
    transaction.many(
        _ADD,
        [
            {"intent_key": intent.intent_key, "number": intent.attempts, "started_at": now, "outcome": "sending"}
            for intent, now in begun
        ],
    )


def end_attempts(transaction: Transaction, settlements: Sequence[Settlement]) -> None:
    """Attempts that were answered, refused or left without an answer."""
    rows: list[Values] = [
        {
            "b_intent_key": settlement.intent_key,
            "b_ended_at": settlement.at,
            **{f"b_{name}": getattr(settlement, name) for name in _TOLD},
        }
        for settlement in settlements
    ]
    transaction.many(_END, rows)


def cut_off_attempts(transaction: Transaction, intent_keys: Sequence[str], now: datetime) -> None:
    """Attempts whose sender vanished."""
    transaction.many(_CUT_OFF, [{"b_intent_key": key, "b_ended_at": now} for key in intent_keys])


def add_lookups(transaction: Transaction, looked_up: Sequence[tuple[Intent, Settlement]]) -> None:
    """Look-ups, kept beside the attempt they clear up and under its number."""
    transaction.many(
        _ADD,
        [
            {
                "intent_key": intent.intent_key,
                "number": intent.attempts,
                "started_at": settlement.at,
                "ended_at": settlement.at,
                **{name: getattr(settlement, name) for name in _TOLD},
            }
            for intent, settlement in looked_up
        ],
    )
