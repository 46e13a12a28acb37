"""Salesforce's collections: many upserts by external id in one request, an outcome per row.

What belongs here: their body and answer. What does not: single records (see ``salesforce``) and gathering rows (see
``batching``).

``allOrNone`` is off: a row that is refused leaves the others written. The answer lists outcomes in the order of the rows; one
of another length is not believed at all, and every row is looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from artifact_assets.domain.destination import Receipt
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.refusals import Refusal
from resources.destinations.batching import Outcome, raced
from resources.destinations.calls import Calls
from resources.destinations.writing import Write
from resources.http.reply import Reply, code_of, fields_of, rows_of

ROWS = 200
# Another copy of the same upsert made the record this moment: nothing was done, and the next try finds it.
_RACED = "DUPLICATE_VALUE"


async def upserted(
    calls: Calls,
    base: str,
    key_field: str,
    content: Callable[[Write], Mapping[str, Any]],
    meaning: Mapping[str, FailureClass],
    writes: Sequence[Write],
) -> Mapping[str, Outcome]:
    """One request for all rows; outcomes by intent key. ``meaning`` classifies error codes; the rest is a final no."""
    if len(writes) == 1:
        (write,) = writes
        path = f"{base}/sobjects/Task/{key_field}/{write.key}"
        try:
            reply = await calls.ask("PATCH", path, write.name, json=content(write), write=True)
        except Refusal as refusal:
            raise raced(refusal) if refusal.code == _RACED else refusal from None
        return {write.intent.intent_key: calls.receipt(reply, reply.fields.get("id"))}
    records = [{"attributes": {"type": "Task"}, key_field: write.key, **content(write)} for write in writes]
    path = f"{base}/composite/sobjects/Task/{key_field}"
    body = {"allOrNone": False, "records": records}
    reply = await calls.ask("PATCH", path, f"{len(writes)} items", json=body, write=True)
    rows = rows_of(reply.json)
    if len(rows) != len(writes):
        return {}
    return {
        write.intent.intent_key: _outcome(calls, write, fields_of(row), meaning, reply)
        for write, row in zip(writes, rows, strict=True)
    }


def _outcome(
    calls: Calls, write: Write, row: Mapping[str, Any], meaning: Mapping[str, FailureClass], reply: Reply
) -> Receipt | Refusal:
    if row.get("success") is True and row.get("id"):
        return calls.receipt(reply, row["id"])
    error = fields_of(next(iter(rows_of(row, "errors")), None))
    code = code_of(error.get("statusCode"), error.get("errorCode"))
    return Refusal(
        {**meaning, _RACED: FailureClass.DESTINATION_UNAVAILABLE}.get(code or "", FailureClass.DESTINATION_REJECTED),
        f"{calls.name} answered {code or 'an error'} for one row of a batch, so {write.name} was not done.",
        status=reply.status,
        code=code,
        correlation_id=reply.correlation_id,
        request_digest=reply.request_digest,
    )
