"""HubSpot's batch endpoints with an outcome per row.

What belongs here: bodies and answers of batch upsert and batch association. What does not: single records (see ``hubspot``) and
gathering rows (see ``batching``).

``objectWriteTraceId`` is no idempotency key: it names the row in the answer, and has the others written when one is refused
(207). What makes a repeated row harmless is the unique property, respectively that an association is there or not.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from artifact_assets.domain.destination import Receipt
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.refusals import Refusal
from resources.destinations.batching import Outcome, raced
from resources.destinations.calls import Calls
from resources.destinations.writing import Write
from resources.http.reply import Reply, code_of, fields_of, rows_of

ROWS = 100
_FINAL = frozenset({"VALIDATION_ERROR", "INVALID_INPUT", "INVALID_PROPERTY", "MISSING_SCOPES", "BAD_REQUEST"})
# Another copy of the same upsert made the record this moment: nothing was done, and the next try finds it.
_RACED = "CONFLICT"
_MISSING = frozenset({"OBJECT_NOT_FOUND", "NOT_FOUND"})


async def upserted(
    calls: Calls,
    path: str,
    key_property: str,
    properties: Callable[[Write], Mapping[str, str]],
    writes: Sequence[Write],
) -> Mapping[str, Outcome]:
    """One request for all rows; outcomes by intent key, none for a row that the answer does not mention."""
    inputs = [
        {
            "id": write.key,
            "idProperty": key_property,
            "objectWriteTraceId": write.key,
            "properties": {key_property: write.key, **properties(write)},
        }
        for write in writes
    ]
    what = writes[0].name if len(writes) == 1 else f"{len(writes)} items"
    try:
        reply = await calls.ask("POST", path, what, json={"inputs": inputs}, write=True)
    except Refusal as refusal:
        raise raced(refusal) if refusal.code == _RACED else refusal from None
    rows = [fields_of(row) for row in rows_of(reply.json, "results")]
    made = {str(row.get("objectWriteTraceId") or fields_of(row, "properties").get(key_property)): row for row in rows}
    wrong = _errors_by_row(reply)
    outcomes: dict[str, Outcome] = {}
    for write in writes:
        if write.key in made:
            outcomes[write.intent.intent_key] = calls.receipt(reply, made[write.key]["id"])
        elif write.key in wrong:
            outcomes[write.intent.intent_key] = _row_refused(calls, write, wrong[write.key], reply)
    return outcomes


async def associated(
    calls: Calls,
    path: str,
    alone: Callable[[Write, str], Awaitable[Receipt]],
    made: Mapping[str, str],
    writes: Sequence[Write],
) -> Mapping[str, Outcome]:
    """One request for all associations of records ``made``; one that is not confirmed is asked for alone, which is harmless."""
    ids = {write.intent.intent_key: made[write.intent.intent_key] for write in writes}
    if len(writes) == 1:
        return {key: await alone(writes[0], record_id) for key, record_id in ids.items()}
    inputs = [{"from": {"id": ids[write.intent.intent_key]}, "to": {"id": write.parent}} for write in writes]
    reply = await calls.ask("POST", path, f"{len(writes)} associations", json={"inputs": inputs}, write=True)
    there = {
        (str(fields_of(row, "from").get("id")), str(fields_of(row, "to").get("id")))
        for row in rows_of(reply.json, "results")
    }
    outcomes: dict[str, Outcome] = {}
    for write in writes:
        key = write.intent.intent_key
        if (ids[key], write.parent) in there:
            outcomes[key] = calls.receipt(reply, ids[key])
            continue
        try:
            outcomes[key] = await alone(write, ids[key])
        except Refusal as refusal:
            outcomes[key] = refusal
    return outcomes


def _errors_by_row(reply: Reply) -> Mapping[str, Mapping[str, Any]]:
    """Errors by the trace ids their context names."""
    named: dict[str, Mapping[str, Any]] = {}
    for error in rows_of(reply.json, "errors"):
        told = fields_of(error)
        context = fields_of(told, "context")
        for name in ("objectWriteTraceId", "ids", "id"):
            values = context.get(name)
            for value in values if isinstance(values, list) else [values]:  # pyright: ignore[reportUnknownVariableType] - any JSON
                named[str(value)] = told  # pyright: ignore[reportUnknownArgumentType] - any JSON
    return named


def _row_refused(calls: Calls, write: Write, error: Mapping[str, Any], reply: Reply) -> Refusal:
    code = code_of(error.get("category"))
    failure = FailureClass.DELIVERY_UNCERTAIN
    if code in _FINAL:
        failure = FailureClass.DESTINATION_REJECTED
    elif code in _MISSING:
        failure = FailureClass.RECORD_NOT_FOUND
    elif code == _RACED:
        failure = FailureClass.DESTINATION_UNAVAILABLE
    elif code in ("RATE_LIMITS", "RATE_LIMIT"):
        failure = FailureClass.DESTINATION_RATE_LIMITED
    maybe = "maybe" if failure is FailureClass.DELIVERY_UNCERTAIN else "not"
    return Refusal(
        failure,
        f"{calls.name} answered {code or 'an error'} for one row of a batch, so {write.name} was {maybe} done.",
        status=reply.status,
        code=code,
        correlation_id=reply.correlation_id,
        request_digest=reply.request_digest,
    )
