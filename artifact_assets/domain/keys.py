"""Keys of writes: what makes two writes the same thing at a destination.

What belongs here: the record key, the intent key, the payload digest and the visible marker. What does not: the identity
of items (see ``identity``).
"""

from __future__ import annotations

from artifact_assets.domain.documents import digest_of
from artifact_assets.domain.records import Json

MARKER_HEX = 12


def record_key(tenant: str, destination: str, account: str, meeting_id: str, item_id: str, operation: str) -> str:
    """One thing at one destination account. The same when its content changes; never positional, never random."""
    return digest_of([tenant, destination, account, meeting_id, item_id, operation])


def intent_key(record: str, target: Json, payload_digest: str) -> str:
    """One write of one payload to one target; the idempotency key."""
    return digest_of([record, dict(target), payload_digest])


def marker(record: str) -> str:
    """The visible mark that leads from a record back to its meeting; short and plain, so that HTML cleaners keep it."""
    return f"ref: ma-{record[:MARKER_HEX]}"
