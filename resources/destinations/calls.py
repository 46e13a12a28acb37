"""Asking a vendor and judging the answer by its body first.

What belongs here: what every vendor's module builds on. What does not: any vendor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from artifact_assets.domain.destination import Receipt
from artifact_assets.domain.exchange import RemoteField
from artifact_assets.domain.failures import FailureClass
from artifact_assets.domain.refusals import Refusal
from resources.destinations.vendor_calls import Found, Value
from resources.destinations.writing import Write
from resources.http.answers import refused
from resources.http.client import HttpClient
from resources.http.reply import Reply


@dataclass(frozen=True)
class Told:
    """What a body says went wrong. A None class leaves it to the status."""

    failure: FailureClass | None = None
    code: str | None = None
    retry_after: float | None = None


class Calls:
    """Requests of one destination. ``options`` are the vendor's own settings from the configuration."""

    def __init__(self, name: str, client: HttpClient, options: Mapping[str, str] | None = None) -> None:
        self.name = name
        self.client = client
        self.options = options or {}

    def told(self, reply: Reply) -> Told | None:
        """What the vendor's body says went wrong; None when it says all is well. Asked for every status."""
        del reply
        return None

    def counted(self, reply: Reply) -> tuple[int, int] | None:
        """Remaining and whole of the daily quota, where the vendor tells."""
        del reply
        return None

    async def ask(
        self,
        method: str,
        path: str,
        what: str,
        *,
        write: bool = False,
        json: Any = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """A successful answer. Raises Refusal; ``what`` names what was to be done, in ids."""
        reply = await self.client.call(method, path, json=json, params=params, headers=headers, write=write)
        quota = self.counted(reply)
        if quota is not None:
            self.client.budget.told(*quota)
        told = self.told(reply) if reply.is_json else None
        success = 200 <= reply.status < 300 and reply.is_json
        if success and told is None:
            return reply
        told = told or Told()
        raise refused(
            reply,
            self.name,
            what,
            write=write,
            now=self.client.now(),
            failure=told.failure,
            code=told.code,
            retry_after=told.retry_after,
        )

    async def update(self, write: Write, found: Found) -> Receipt:
        """Refused, where records of ours cannot be changed."""
        raise self.has_no(write, f"way to change {found.record_id}")

    async def remove(self, write: Write, found: Found) -> Receipt:
        """Nothing, where records cannot be deleted: it is left, and the receipt says so."""
        del write
        return Receipt(found.record_id, applied=False)

    async def link(self, write: Write, record_id: str, *, there: bool) -> Receipt:
        """Refused, where records are made on their parent."""
        del record_id, there
        raise self.has_no(write, "second step")

    async def read(self, write: Write) -> Value:
        """Refused, where no field may be written."""
        raise self.has_no(write, "writable fields")

    async def closed(self, write: Write) -> bool | None:
        """No, where no kind of record is ever closed."""
        del write
        return False

    async def set(self, write: Write, value: str | None, known: Value) -> Receipt:
        """Refused, where no field may be written."""
        del value, known
        raise self.has_no(write, "writable fields")

    async def fields(self, kind: str) -> Sequence[RemoteField]:
        """None, where no field may be written."""
        del kind
        return ()

    def receipt(self, reply: Reply, record_id: object, url: str | None = None, **more: Any) -> Receipt:
        """Proof that the vendor accepted a write."""
        return Receipt(
            str(record_id),
            url,
            status=reply.status,
            correlation_id=reply.correlation_id,
            request_digest=reply.request_digest,
            **more,
        )

    def word(self, write: Write, words: Mapping[str, str]) -> str:
        """The vendor's own word for the object a write lands on."""
        if write.object not in words:
            raise self.has_no(write, f"object {write.object}")
        return words[write.object]

    def has_no(self, write: Write, what: str) -> Refusal:
        """The refusal of something the vendor does not have."""
        return Refusal(
            FailureClass.DESTINATION_REJECTED,
            f"{self.name} has no {what}, so {write.name} was not written.",
            code="unsupported",
        )


def number(text: str | None) -> int | None:
    """A header that counts."""
    return int(text) if text is not None and text.isdigit() else None
