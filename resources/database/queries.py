"""Reading from a database beside its writer.

What belongs here: one read, tried again where the server went away in between. What does not: statements.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from resources.database.failures import must_try_again

T = TypeVar("T")


def query(engine: Engine, read: Callable[[Connection], T]) -> T:
    """What ``read`` returns on a connection of ``engine``, which was made by ``reading``. Raises SQLAlchemyError."""
    try:
        return _once(engine, read)
    except SQLAlchemyError as error:
        # A connection that a restarted server has forgotten empties the pool: the next one is new.
        if not must_try_again(error):
            raise
    return _once(engine, read)


def _once(engine: Engine, read: Callable[[Connection], T]) -> T:
    with engine.connect() as connection:
        return read(connection)
