"""What is said of something unusual.

What belongs here: the value. What does not: how it is found (see ``watching``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class Sort(StrEnum):
    """What is unusual about it."""

    NEW = "new error"
    RISING = "rising error"
    DRIFT = "drift"
    SILENCE = "silence"
    STUCK = "stuck"


@dataclass(frozen=True)
class Finding:
    """Something unusual now. ``surprise`` is -log10 of its probability when nothing changed; findings are ranked by it.

    ``key`` is stable as long as it is the same trouble. ``told`` is one sentence of names and numbers; ``changes`` are those of
    model, prompt, extractor and program that came shortly before.
    """

    key: str
    sort: Sort
    told: str
    since: datetime
    count: int
    surprise: float
    example_meeting: str | None = None
    changes: tuple[str, ...] = ()

    def after(self, changes: tuple[str, ...]) -> Finding:
        """The same, with what changed before it."""
        return replace(self, changes=changes)
