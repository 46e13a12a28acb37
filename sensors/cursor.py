"""The arrivals sensor's cursor: the path taken last.

What belongs here: reading and writing it. What does not: what has been seen, which the ledger keeps.
"""

from __future__ import annotations

import json


def read_cursor(cursor: str | None) -> str:
    """The path taken last; empty, so from the top, when there is none or it is malformed."""
    try:
        value: object = json.loads(cursor or "{}")
    except ValueError:
        return ""
    after = value.get("after") if isinstance(value, dict) else None  # pyright: ignore[reportUnknownVariableType]
    return after if isinstance(after, str) else ""


def write_cursor(after: str) -> str:
    """The cursor for the path taken last."""
    return json.dumps({"after": after})
