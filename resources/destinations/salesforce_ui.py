"""Salesforce's User Interface API, for its memory of idempotency keys.

What belongs here: whether it takes tasks, and making one with a key. What does not: the ordinary REST API (see ``salesforce``).

The first answer to a key is kept for 30 days and given again to whoever repeats it; nothing is made a second time. Sources and
dates: docs/destinations/salesforce.md. A kept answer also outlives its record, so a repeated key proves that a record was made,
not that it is there.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

from artifact_assets.domain.destination import Receipt
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.refusals import Refusal
from resources.destinations.calls import Calls
from resources.destinations.writing import Write

GENERATIONS = 5
"""How often a write may have been made, taken back and wanted again within the 30 days that a key is kept."""


async def takes_tasks(calls: Calls, base: str) -> bool:
    """Whether the API has tasks in this org and lets this user make them; which objects it has is not the same everywhere."""
    try:
        told = (await calls.ask("GET", f"{base}/ui-api/object-info/Task", "the object info of Task")).fields
    except Refusal as error:
        if error.failure_class in (FailureClass.RECORD_NOT_FOUND, FailureClass.DESTINATION_REJECTED):
            return False
        raise
    return told.get("createable") is True


async def made(calls: Calls, base: str, write: Write, content: Mapping[str, Any]) -> Receipt:
    """Make the task under the intent's key.

    Every answer is checked against the record: it may be the kept one of a record that was taken back since. Then the key of
    the next generation is used, which after a lost reply is the same again. (The number of attempts does not tell: what is
    wanted again starts to count anew.)
    """
    path = f"{base}/ui-api/records"
    for generation in range(GENERATIONS):
        headers = {"idempotency-key": key_of(write.intent.intent_key, generation)}
        body = {"apiName": "Task", "fields": dict(content)}
        reply = await calls.ask("POST", path, write.name, json=body, headers=headers, write=True)
        record_id = str(reply.fields.get("id"))
        if await _is_there(calls, base, write, record_id):
            return calls.receipt(reply, record_id)
    raise Refusal(
        FailureClass.DELIVERY_UNCERTAIN,
        f"{calls.name} repeats old answers to every key of {write.name}, so it may or may not have been written.",
        code="keys_used_up",
    )


async def _is_there(calls: Calls, base: str, write: Write, record_id: str) -> bool:
    try:
        await calls.ask("GET", f"{base}/sobjects/Task/{record_id}", write.name, params={"fields": "Id"})
    except Refusal as error:
        if error.failure_class is FailureClass.RECORD_NOT_FOUND:
            return False
        # The write was answered; only its check was not.
        raise Refusal(FailureClass.DELIVERY_UNCERTAIN, error.cause, code=error.code) from None
    return True


def key_of(intent_key: str, generation: int = 0) -> str:
    """A UUID of version 4 in form, the same for the same write."""
    digest = hashlib.sha256(f"{intent_key}:{generation}".encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))
