"""The arrivals sensor's cursor: which path was taken last.

What belongs here: reading and writing it. What does not: what has been seen, which the ledger keeps.

Dagster keeps cursors and shows them, and a file's name may be a person's: the path is kept as its digest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from artifact_assets.domain.documents import sha256


def read_cursor(cursor: str | None, paths: Iterable[str]) -> str:
    """Which of ``paths`` was taken last; empty, so from the top, when it is gone, or there is no cursor or a malformed one."""
    try:
        value: object = json.loads(cursor or "{}")
    except ValueError:
        return ""
    after = value.get("after") if isinstance(value, dict) else None  # pyright: ignore[reportUnknownVariableType]
    return next((path for path in paths if _digest(path) == after), "") if isinstance(after, str) and after else ""


def write_cursor(after: str) -> str:
    """The cursor for the path taken last."""
    return json.dumps({"after": _digest(after) if after else ""})


def _digest(path: str) -> str:
    return sha256(path.encode("utf-8", "surrogatepass"))
