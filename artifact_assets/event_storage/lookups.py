"""Whether a key is in a partition set, for whoever asks about thousands in a row.

What belongs here: when memory answers instead of the database. What does not: remembering keys (see ``remembered_keys``).

A page with a check of ten thousand partitions has Dagster ask for each partition of each check by itself, a query each:
nearly all of the page's time. A yes may then be a tenth of a second old, so that a key taken away that moment still counts,
as it would have had it been asked for a moment before. A no always comes from the database: what it would leave out might
never be looked at again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from artifact_assets.event_storage.remembered_keys import PartitionKeys, RememberedKeys

FEW = 20
"""So many in a second are asked one by one: reading a whole set takes longer."""
TRUSTED_SECONDS = 0.1
_SECOND = 1.0


@dataclass
class _Asked:
    since: float
    times: int = 0
    at: float = 0.0
    keys: PartitionKeys | None = None


class KeyLookups:
    """``has`` is the database's own answer. Threads may ask at once: at worst a count is lost."""

    def __init__(
        self, keys: RememberedKeys, has: Callable[[str, str], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._keys, self._has, self._clock = keys, has, clock
        self._asked: dict[str, _Asked] = {}

    def has(self, name: str, key: str) -> bool:
        """Whether the set ``name`` has ``key``."""
        now = self._clock()
        asked = self._asked.get(name)
        if asked is None or now - asked.since > _SECOND:
            asked = self._asked[name] = _Asked(now)
        asked.times += 1
        if asked.times <= FEW:
            return self._has(name, key)
        keys = asked.keys
        if keys is None or now - asked.at > TRUSTED_SECONDS:
            keys = self._keys.all(name)
            asked.keys, asked.at = keys, now
        return key in keys or self._has(name, key)
