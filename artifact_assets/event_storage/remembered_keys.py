"""The keys of partition sets, kept in memory as long as the database says that nothing changed.

What belongs here: when what is remembered still holds, and when it is enough to read what came since. What does not: how a
database tells its changes (see ``counted_changes``).

The mark is asked before anything is read, and each time. So every answer holds all that was committed before it was asked
for; what others change while keys are read makes the next mark differ, whatever was remembered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NoReturn, Protocol


@dataclass(frozen=True)
class Mark:
    """How often a set of keys has changed, counted from the same start as long as ``watch`` is the same."""

    watch: str
    added: int
    removed: int


class KeySource(Protocol):
    """A database with partition keys."""

    def mark(self, name: str) -> Mark | None:
        """The mark of a set at this moment; None where changes are not counted, and nothing may be remembered."""
        ...

    def keys_after(self, name: str, last: int) -> Sequence[tuple[int, str]]:
        """Ids and keys with ids above ``last``, by id. Ids are above 0; a later commit may have a lower one."""
        ...


class PartitionKeys(list[str]):
    """All keys of a set in their order. Everyone who asked shares them, so they cannot be changed; copies can.

    A list, because Dagster's own storage gives one. Finding a key takes as long among a hundred thousand as among ten:
    Dagster looks for both ends of a range, for each asset of a run.
    """

    @cached_property
    def _places(self) -> dict[str, int]:
        return {key: place for place, key in enumerate(self)}

    def with_more(self, keys: Iterable[str]) -> PartitionKeys:
        """These and others behind them; what is known of these is not worked out again."""
        grown = PartitionKeys([*self, *keys])
        if "as_set" in vars(self):
            grown.as_set = self.as_set.union(grown[len(self) :])
        if "_places" in vars(self):
            grown._places = self._places | {key: place for place, key in enumerate(grown[len(self) :], len(self))}
        return grown

    @cached_property
    def as_set(self) -> frozenset[str]:
        """The same keys as a set, shared like the list."""
        return frozenset(self)

    def __contains__(self, key: object) -> bool:
        return key in self._places

    def index(self, value: str, start: Any = 0, stop: Any = None, /) -> int:
        """See ``list``."""
        place = self._places.get(value)
        if place is None or place not in range(len(self))[start:stop]:
            raise ValueError(f"{value!r} is not in the list")
        return place

    def __reduce__(self) -> tuple[type[list[str]], tuple[list[str]]]:
        return list, (list(self),)

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("partition keys are shared: copy them to change them")

    append = extend = insert = remove = pop = clear = reverse = _refuse
    sort = _refuse  # pyright: ignore[reportAssignmentType] - its overloads are of lists that can be compared
    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse


@dataclass(frozen=True)
class _Known:
    mark: Mark
    last: int
    keys: PartitionKeys


class RememberedKeys:
    """Answers from memory what it can. Threads may ask at once: each remembers whole what it read."""

    def __init__(self, source: KeySource) -> None:
        self._source = source
        self._known: dict[str, _Known] = {}

    def all(self, name: str) -> PartitionKeys:
        """All keys of a set, by id."""
        mark, known = self._source.mark(name), self._known.get(name)
        if mark is not None and known is not None and mark == known.mark:
            return known.keys
        found = None if mark is None or known is None else self._grown(name, known, mark)
        if found is None:
            rows = self._source.keys_after(name, 0)
            found = PartitionKeys(key for _, key in rows), rows[-1][0] if rows else 0
        keys, last = found
        if mark is not None:
            self._known[name] = _Known(mark, last, keys)
        return keys

    def _grown(self, name: str, known: _Known, mark: Mark) -> tuple[PartitionKeys, int] | None:
        """What is known and what came since; None unless that is all that changed."""
        if (mark.watch, mark.removed) != (known.mark.watch, known.mark.removed):
            return None
        rows = self._source.keys_after(name, known.last)
        # Fewer, when an id drawn earlier was committed later; more, when another key came while these were read.
        if not rows or len(rows) != mark.added - known.mark.added:
            return None
        return known.keys.with_more(key for _, key in rows), rows[-1][0]
