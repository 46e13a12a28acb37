"""An answer of a server, read whole.

What belongs here: status, headers and body as values. What does not: what they mean (see ``answers``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, cast

_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_ID = re.compile(r"[A-Za-z0-9_.:=+/-]{1,128}")
_CORRELATION = ("x-hubspot-correlation-id", "x-request-id", "x-correlation-id", "request-id", "sforce-request-id")


@dataclass(frozen=True)
class Reply:
    """``headers`` have lower-case names. ``request_digest`` is the digest of method, path and body that were sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    request_digest: str

    @property
    def json(self) -> Any:
        """The body as JSON; None when it is none."""
        try:
            return json.loads(self.body) if self.body else None
        except (ValueError, RecursionError):
            return None

    @property
    def fields(self) -> dict[str, Any]:
        """The body as an object; empty when it is none."""
        return fields_of(self.json)

    @property
    def is_json(self) -> bool:
        """Whether the body is what an API answers, and not a page of some proxy on the way."""
        return self.json is not None or not self.body

    @property
    def correlation_id(self) -> str | None:
        """The vendor's own id of this request; None for what is a sentence, which may repeat what was sent."""
        told = next((self.headers[name] for name in _CORRELATION if name in self.headers), None)
        return told if told is not None and _ID.fullmatch(told) else None

    def retry_after(self, now: datetime) -> float | None:
        """Seconds the server asks to wait; both forms of the header."""
        told = self.headers.get("retry-after")
        if told is None:
            return None
        try:
            return max(0.0, float(told))
        except ValueError:
            pass
        try:
            moment = parsedate_to_datetime(told)
        except (ValueError, TypeError):
            return None
        return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())


def fields_of(value: Any, name: str | None = None) -> dict[str, Any]:
    """``value``, or its part ``name``, as an object; empty when it is none."""
    found: Any = value if name is None else fields_of(value).get(name)
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def rows_of(value: Any, name: str | None = None) -> list[Any]:
    """``value``, or its part ``name``, as a list; empty when it is none."""
    found: Any = value if name is None else fields_of(value).get(name)
    return cast("list[Any]", found) if isinstance(found, list) else []


def code_of(*told: object) -> str | None:
    """The first of a vendor's words that is a code and not a sentence: sentences may repeat what was sent."""
    return next((word for word in told if isinstance(word, str) and _CODE.fullmatch(word)), None)
