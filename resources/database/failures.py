"""Database errors as failures of ours.

What belongs here: what an operator is told when the database says no. What does not: deciding what to do about it.
"""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from artifact_assets.domain.failures import FailureClass, PipelineError

# Deadlock, serialization failure: PostgreSQL asks for the transaction to be tried again.
_TRY_AGAIN = frozenset({"40001", "40P01"})


def database_failure(error: SQLAlchemyError, consequence: str) -> PipelineError:
    """A failure without the statement, its parameters or the server's detail line: those may hold row values."""
    return PipelineError(
        FailureClass.STORAGE_UNAVAILABLE,
        f"The database answered with {_code(error)}, so {consequence}.",
    )


def must_try_again(error: SQLAlchemyError) -> bool:
    """Whether the same transaction is expected to succeed when tried again: a deadlock, or a connection lost before."""
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or getattr(error.orig, "pgcode", None) in _TRY_AGAIN


def is_locked(error: SQLAlchemyError) -> bool:
    """Whether SQLite gave up waiting for another process."""
    name = getattr(getattr(error, "orig", None), "sqlite_errorname", "")
    return isinstance(name, str) and name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def _code(error: SQLAlchemyError) -> str:
    original = getattr(error, "orig", None)
    code = getattr(original, "sqlite_errorname", None) or getattr(original, "pgcode", None)
    kind = type(original or error).__name__
    return f"{kind} {code}" if code else kind
