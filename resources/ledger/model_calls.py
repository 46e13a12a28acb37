"""Answers of models by request digest, and who is asking right now.

What belongs here: statements over ``model_calls`` and ``flights``. What does not: calling a model, and the answers
themselves, which are documents of the artifact store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, Select, bindparam, delete, insert, select, update

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.domain.model_ports import CallOutcome, Claimed, ModelCall, Usage
from resources.database.transaction import Transaction
from resources.ledger.ledger import SqlLedger
from resources.ledger.rows import Values
from resources.ledger.tables import FLIGHTS, MODEL_CALLS

_C, _F = MODEL_CALLS.c, FLIGHTS.c
_ANSWERED = (
    select(MODEL_CALLS)
    .where(_C.request_digest.in_(bindparam("digests", expanding=True)), _C.outcome == CallOutcome.ANSWERED.value)
    .order_by(_C.id)
)
_UNDER_WAY = (
    select(FLIGHTS)
    .where(_F.request_digest.in_(bindparam("digests", expanding=True)))
    .order_by(_F.request_digest)
    .with_for_update()
)
_ADD_CALL = insert(MODEL_CALLS)
_ADD_FLIGHT = insert(FLIGHTS)
_MOVE_FLIGHT = (
    update(FLIGHTS)
    .where(_F.request_digest == bindparam("b_digest"))
    .values(owner=bindparam("b_owner"), until=bindparam("b_until"))
)
_LAND = delete(FLIGHTS).where(_F.request_digest == bindparam("b_digest"), _F.owner == bindparam("b_owner"))
_DISCARD = (
    update(MODEL_CALLS)
    .where(_C.request_digest == bindparam("b_digest"), _C.outcome == CallOutcome.ANSWERED.value)
    .values(outcome=CallOutcome.DISCARDED.value, failure_class=bindparam("b_class"))
)


@dataclass(frozen=True)
class Asking:
    """A request to send a request. ``displacing`` is a holder known to be dead."""

    digest: str
    owner: str
    lease_seconds: float
    displacing: str | None = None


def claim(transaction: Transaction, requests: Sequence[Asking]) -> Sequence[Claimed | PipelineError]:
    """The stored answer, or the right to ask. A holder's lease that has run out counts no more."""
    digests = sorted({request.digest for request in requests})
    # Locked before answers are looked for: an answer is stored in the transaction that removes the flight.
    under_way = {row.request_digest: row for row in transaction.rows(_UNDER_WAY, digests=digests)}
    known = {row.request_digest: call_from(row) for row in transaction.rows(_ANSWERED, digests=digests)}
    now = transaction.lease_now()
    outcomes: list[Claimed] = []
    new: list[Values] = []
    moved: list[Values] = []
    for request in requests:
        flight = under_way.get(request.digest)
        if request.digest in known:
            outcomes.append(Claimed(known=known[request.digest]))
            continue
        held = flight is not None and flight.until > now and flight.owner not in {request.owner, request.displacing}
        if flight is not None and held:
            outcomes.append(Claimed(holder=flight.owner))
            continue
        until = now + timedelta(seconds=request.lease_seconds)
        if flight is None:
            new.append({"request_digest": request.digest, "owner": request.owner, "until": until})
        else:
            moved.append({"b_digest": request.digest, "b_owner": request.owner, "b_until": until})
        outcomes.append(Claimed())
    transaction.many(_ADD_FLIGHT, new)
    transaction.many(_MOVE_FLIGHT, moved)
    return outcomes


def record(transaction: Transaction, requests: Sequence[tuple[ModelCall, str]]) -> Sequence[PipelineError | None]:
    """Store calls, each with the owner whose right to ask ends.

    An answer is stored even when its lease was lost meanwhile: it is paid for.
    """
    transaction.many(_ADD_CALL, [_values(call) for call, _ in requests])
    transaction.many(_LAND, [{"b_digest": call.request_digest, "b_owner": owner} for call, owner in requests])
    return [None] * len(requests)


def release(transaction: Transaction, requests: Sequence[tuple[str, str]]) -> Sequence[PipelineError | None]:
    """Give rights back, each as (request digest, owner)."""
    transaction.many(_LAND, [{"b_digest": digest, "b_owner": owner} for digest, owner in requests])
    return [None] * len(requests)


def discard(transaction: Transaction, requests: Sequence[tuple[str, FailureClass]]) -> Sequence[PipelineError | None]:
    """Answers that are of no use stay in the books, and are not found again."""
    transaction.many(_DISCARD, [{"b_digest": digest, "b_class": why.value} for digest, why in requests])
    return [None] * len(requests)


def of_meeting(meeting_id: str) -> Select[Any]:
    """Calls made for a meeting, oldest first."""
    return select(MODEL_CALLS).where(_C.meeting_id == meeting_id).order_by(_C.id)


def call_from(row: Row[Any]) -> ModelCall:
    """A row of ``model_calls``."""
    return ModelCall(
        request_digest=row.request_digest,
        meeting_id=row.meeting_id,
        run_id=row.run_id,
        stage=row.stage,
        model=row.model,
        parameters=row.parameters,
        started_at=row.started_at,
        duration_seconds=row.duration_seconds or 0.0,
        attempts=row.attempts,
        outcome=CallOutcome(row.outcome),
        response=row.response_document,
        usage=Usage(row.input_tokens, row.cached_tokens, row.output_tokens),
        cost=row.cost,
        prompt_version=row.prompt_version,
        prompt_digest=row.prompt_digest,
        failure_class=FailureClass(row.failure_class) if row.failure_class else None,
    )


def _values(call: ModelCall) -> Values:
    values: Values = {**vars(call), **vars(call.usage)}
    values["response_document"] = values.pop("response")
    values["outcome"] = call.outcome.value
    values["failure_class"] = call.failure_class.value if call.failure_class else None
    del values["usage"]
    return values


class SqlAnswers:
    """``AnswerStore`` in the ledger's database."""

    def __init__(self, ledger: SqlLedger) -> None:
        self._ledger = ledger

    async def claim(
        self, request_digest: str, owner: str, lease_seconds: float, *, displacing: str | None = None
    ) -> Claimed:
        """See ``AnswerStore.claim``."""
        asking = Asking(request_digest, owner, lease_seconds, displacing)
        return await self._ledger.write(claim, asking, request_digest)

    async def record(self, call: ModelCall, owner: str) -> None:
        """See ``AnswerStore.record``."""
        await self._ledger.write(record, (call, owner), call.request_digest)

    async def release(self, request_digest: str, owner: str) -> None:
        """See ``AnswerStore.release``."""
        await self._ledger.write(release, (request_digest, owner), request_digest)

    async def discard(self, request_digest: str, failure_class: FailureClass) -> None:
        """See ``AnswerStore.discard``."""
        await self._ledger.write(discard, (request_digest, failure_class), request_digest)

    async def calls(self, meeting_id: str) -> tuple[ModelCall, ...]:
        """See ``AnswerStore.calls``."""
        return await self._ledger.read(of_meeting(meeting_id), call_from)
