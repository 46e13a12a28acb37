"""A receiver of our own documented shape: any system with a few lines of code in front.

What belongs here: the signed request. What does not: what the receiver does with it (see docs/destinations/webhook.md).

The receiver promises to answer a repeated Idempotency-Key with its first answer; that makes sending again safe without ever
asking what is there.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from artifact_assets.domain.capabilities import UNSUPPORTED, Capability, Family, Preflight, Rung
from artifact_assets.domain.destination import Receipt
from artifact_assets.domain.documents import canonical_json
from artifact_assets.domain.exchange import (
    NOTHING_KNOWN,
    Candidate,
    Context,
    RemoteField,
    Standing,
    Verdict,
    Wanted,
    Written,
)
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.records import Intent
from resources.destinations.calls import Calls, Told
from resources.http.answers import refused
from resources.http.client import HttpClient
from resources.http.reply import Reply, code_of

OPERATIONS = ("create_task", "add_note", "set_field", "add_tag")
_KEYED = Capability(Rung.IDEMPOTENCY_KEY, moves=True, countable=False)


class Webhook:
    """``Destination`` that posts every write to one address. Close it."""

    def __init__(self, name: str, client: HttpClient, *, secret: str, account: str, path: str = "/") -> None:
        self._name = name
        self._client = client
        self._secret = secret
        self._account = account
        self._path = path
        self._calls = _WebhookCalls(name, client)

    def close(self) -> None:
        """Close connections."""
        self._client.close()

    @property
    def name(self) -> str:
        """See ``Destination.name``."""
        return self._name

    @property
    def vendor(self) -> str:
        """See ``Destination.vendor``."""
        return "webhook"

    @property
    def family(self) -> Family:
        """See ``Destination.family``."""
        return Family.OTHER

    @property
    def consistency_seconds(self) -> float:
        """See ``Destination.consistency_seconds``: nothing is looked up."""
        return 0.0

    async def account(self) -> str:
        """See ``Destination.account``: the address, because a receiver has no account of its own."""
        return self._account

    async def preflight(self) -> Preflight:
        """See ``Destination.preflight``. Nothing is asked: the receiver's promise is in its documentation."""
        return Preflight(self._account, dict.fromkeys(OPERATIONS, _KEYED))

    async def capability(self, operation: str) -> Capability:
        """See ``Destination.capability``."""
        return _KEYED if operation.removeprefix("withdraw_") in OPERATIONS else UNSUPPORTED

    async def send(self, intent: Intent, context: Context = NOTHING_KNOWN) -> Receipt:
        """See ``Destination.send``."""
        content = canonical_json(event(intent, context))
        stamp = str(int(self._client.now().timestamp()))
        headers = {
            "content-type": "application/json",
            # Words that return after others are a new write; the receiver still remembers its answer to the old one.
            "idempotency-key": intent.intent_key + (f".{context.returns}" if context.returns else ""),
            "x-artifacts-timestamp": stamp,
            "x-artifacts-signature": f"v1={signature(self._secret, stamp, content)}",
        }
        reply = await self._client.call("POST", self._path, body=content, headers=headers, write=True)
        if not (200 <= reply.status < 300 and reply.is_json):
            told = self._calls.told(reply) or Told()
            what = f"item {intent.item_id} of {intent.meeting_id}"
            raise refused(
                reply, self._name, what, write=True, now=self._client.now(), failure=told.failure, code=told.code
            )
        answer = reply.fields
        made = str(answer.get("id") or intent.record_key[:12])
        url = answer.get("url")
        return self._calls.receipt(reply, made, str(url) if url else None)

    async def look_up(self, intent: Intent, context: Context = NOTHING_KNOWN) -> Receipt | None:
        """See ``Destination.look_up``: sending again under the same key is the look-up."""
        del intent, context
        return None

    async def standing(self, intent: Intent, context: Context = NOTHING_KNOWN) -> Standing:
        """See ``Destination.standing``: a receiver only takes."""
        del context
        shown = intent.payload.get("title") or intent.payload.get("body") or intent.payload.get("value")
        return Standing(Verdict.UNKNOWN, None, str(shown) if shown else None)

    async def written(self, intent: Intent) -> tuple[Written, ...]:
        """See ``Destination.written``: a receiver cannot be counted."""
        del intent
        return ()

    async def closed(self, intent: Intent) -> bool | None:
        """See ``Destination.closed``: a receiver is told the meeting's time (``as_of``) and decides by itself."""
        del intent
        return False

    async def candidates(self, wanted: Wanted) -> tuple[Candidate, ...]:
        """See ``Destination.candidates``: a receiver finds its records by itself."""
        del wanted
        return ()

    async def fields(self, kind: str) -> tuple[RemoteField, ...]:
        """See ``Destination.fields``."""
        del kind
        return ()


class _WebhookCalls(Calls):
    def told(self, reply: Reply) -> Told | None:
        """409: the key is being worked on; 422: the key came with another payload before."""
        if reply.status == 409:
            return Told(FailureClass.DELIVERY_UNCERTAIN, "in_flight")
        return Told(code=code_of(reply.fields.get("code"), reply.fields.get("error"))) if reply.status >= 400 else None


def event(intent: Intent, context: Context) -> dict[str, Any]:
    """The body: what to do, to which record, and the keys that make it one thing."""
    return {
        "version": 1,
        "operation": intent.operation,
        "record_key": intent.record_key,
        "intent_key": intent.intent_key,
        "meeting_id": intent.meeting_id,
        "item_id": intent.item_id,
        "target": dict(intent.target),
        "content": dict(intent.payload),
        "replaces": context.prior.intent_key if context.prior is not None else None,
    }


def signature(secret: str, stamp: str, content: bytes) -> str:
    """HMAC-SHA256 over the timestamp, a dot and the body."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + content, hashlib.sha256).hexdigest()
