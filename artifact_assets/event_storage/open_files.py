"""SQLite files that stay open.

What belongs here: which are open, and that each is still the one of its name. What does not: what is stored in them (see
``sqlite``), and that one thread at a time uses them: the storage's own lock sees to that.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import StaticPool

BUSY_SECONDS = 30
"""How long a writer waits for another process's, as in Dagster's own storage."""

_left_to_parents: list[Engine] = []
"""Connections of the process this one was forked from. Closing one here, or letting it be collected, would be using it."""

Identity = tuple[int, int]


@dataclass(frozen=True)
class _OpenFile:
    engine: Engine
    identity: Identity


class OpenFiles:
    """A connection each to the last ``most`` files used, and to one that is ``always`` open.

    A file that was deleted or replaced since, by this process or another, is noticed when it is asked for, closed, and opened
    anew. SQLite itself leaves the log of a file alone that took the place of a deleted one.
    """

    def __init__(self, path_of: Callable[[str], str], prepare: Callable[[str], None], always: str, most: int) -> None:
        """``prepare`` makes the tables of a file without them; ``path_of`` tells where a file is."""
        self._path_of = path_of
        self._prepare = prepare
        self._always = always
        self._most = most
        self._open: OrderedDict[str, _OpenFile] = OrderedDict()

    def engine(self, name: str) -> Engine:
        """An engine of one connection to the file, which is there and has its tables."""
        path = self._path_of(name)
        known = self._open.get(name)
        if known is not None and known.identity == _identity(path):
            self._open.move_to_end(name)
            return known.engine
        self.close(name)
        engine = create_engine(
            f"sqlite:///{path}",
            poolclass=StaticPool,
            # The lock of the storage stands for the thread.
            connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        )
        if not _has_tables(engine):
            self._prepare(name)
        # Deleted in between: usable once, and opened anew the next time.
        self._open[name] = _OpenFile(engine, _identity(path) or (0, 0))
        self._close_least_used()
        return engine

    def close(self, name: str) -> None:
        """Close one file, if it is open."""
        known = self._open.pop(name, None)
        if known is not None:
            known.engine.dispose()

    def close_all(self) -> None:
        """Close every file."""
        for name in list(self._open):
            self.close(name)

    def abandon(self) -> None:
        """Use none of them any more and close none: they are another process's."""
        _left_to_parents.extend(known.engine for known in self._open.values())
        self._open = OrderedDict()

    def _close_least_used(self) -> None:
        closable = [name for name in self._open if name != self._always]
        for name in closable[: -self._most]:
            self.close(name)


def _identity(path: str) -> Identity | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - asked before every statement; pathlib costs more than the question
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _has_tables(engine: Engine) -> bool:
    """Whether Dagster made them: their revision is written last."""
    try:
        with engine.connect() as connection:
            return connection.exec_driver_sql("SELECT version_num FROM alembic_version").first() is not None
    except DatabaseError:
        return False
