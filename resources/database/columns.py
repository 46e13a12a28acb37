"""Column types that hold a value the same way on SQLite and PostgreSQL.

What belongs here: times in UTC, text from strangers, JSON. What does not: tables.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, String, TypeDecorator


class UtcTime(TypeDecorator[datetime]):
    """A timezone-aware time, stored in UTC and returned in UTC. A time without a zone is refused, never guessed."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC; SQLite stores no zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_ESCAPED = 'json:"'


class Words(TypeDecorator[str]):
    """Text from outside, such as file names: lone surrogates and NUL, refused by databases, come back as they were."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Escape what a database cannot hold, and what looks escaped."""
        if value is None or (value.isascii() and "\0" not in value and not value.startswith(_ESCAPED)):
            return value
        if "\0" in value or value.startswith(_ESCAPED) or any("\ud800" <= c <= "\udfff" for c in value):
            return f"json:{json.dumps(value)}"
        return value

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """The text as it came."""
        if value is not None and value.startswith(_ESCAPED):
            return json.loads(value.removeprefix("json:"))
        return value


def json_column() -> JSON:
    """JSON whose None is SQL NULL. Kept as text: jsonb of PostgreSQL refuses escaped NUL and lone surrogates."""
    return JSON(none_as_null=True)


def dump_json(value: Any) -> str:
    """What the engines use to write JSON: ASCII, and any mapping counts as an object."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False, default=dict)
