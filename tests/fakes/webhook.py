"""A scripted receiver: the one of the documentation, with its signature check and its memory of keys.

What belongs here: what a receiver promises. What does not: what it does with a write.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from tests.fakes.vendor_server import Answer, FakeVendor, Request

SECRET = "canary-webhook-secret"


class FakeReceiver(FakeVendor):
    """``records`` are what was done by record key; ``done`` remembers each key's first answer."""

    def __init__(self, now: Any) -> None:
        super().__init__(now)
        self.records: dict[str, list[dict[str, Any]]] = {}
        self.done: dict[str, tuple[bytes, Answer]] = {}
        self.route("POST", "/events", self._event, write=True)

    def texts(self) -> list[str]:
        return [
            f"{event['content'].get('title', '')} {event['content']['marker']}"
            for events in self.records.values()
            for event in events
            if event["operation"] in ("create_task", "add_note")
        ]

    def _event(self, request: Request) -> Answer:
        stamp, key = request.headers["x-artifacts-timestamp"], request.headers["idempotency-key"]
        wanted = hmac.new(SECRET.encode(), stamp.encode() + b"." + request.body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(f"v1={wanted}", request.headers["x-artifacts-signature"]):
            return Answer(401, {"code": "bad_signature"})
        if key in self.done:
            body, answer = self.done[key]
            return answer if body == request.body else Answer(422, {"code": "key_reused"})
        event = request.json
        # An update of the same record replaces it; only a second key without one would be a duplicate.
        earlier = self.records.setdefault(event["record_key"], [])
        if event["replaces"] is not None:
            earlier.clear()
        earlier.append(event)
        self.done[key] = (request.body, Answer(200, {"id": f"r-{event['record_key'][:8]}"}))
        return self.done[key][1]
