"""From our fields to a destination's: names, types, modes and who has to approve.

What belongs here: the mapping as a value, and coercion. What does not: reading the current value (see
``resources.destinations.comparing``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from artifact_assets.domain.documents import Document

_AMOUNT = re.compile(r"-?\d[\d,' \u202f\u00a0]*(?:\.\d+)?")
_TIMES: Mapping[str, int] = {"k": 1000, "m": 1_000_000}


class Approval(StrEnum):
    """Whether a write needs a person first. Stored by value."""

    AUTO = "auto"
    REVIEW = "review"
    NEVER = "never"


class WriteMode(StrEnum):
    """How a field is written. Stored by value."""

    SET_IF_EMPTY = "set_if_empty"
    OVERWRITE_IF_UNCHANGED = "overwrite_if_unchanged"
    APPEND = "append"
    MERGE = "merge"


class MappedField(Document):
    """One field of the destination. ``values`` translates an enumeration; ``zone`` turns a date into that day's start."""

    field: str = Field(min_length=1, max_length=120)
    type: Literal["text", "number", "date", "datetime", "enum", "multi"] = "text"
    mode: WriteMode = WriteMode.OVERWRITE_IF_UNCHANGED
    approval: Approval = Approval.REVIEW
    values: Mapping[str, str] = Field(default_factory=dict[str, str])
    zone: str | None = None

    @field_validator("zone")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                ZoneInfo(value)
            except (KeyError, ValueError):
                raise ValueError(f"{value} is no time zone such as Europe/Berlin") from None
        return value


class DestinationMapping(Document):
    """What one destination gets. A field that is not listed is not written; fields are named ``object.field``."""

    create_task: Approval = Approval.AUTO
    add_note: Approval = Approval.AUTO
    add_tag: Approval = Approval.AUTO
    tags: Mapping[str, str] = Field(default_factory=dict[str, str])
    fields: Mapping[str, MappedField] = Field(default_factory=dict[str, MappedField])
    objects: Mapping[str, str] = Field(
        default_factory=dict[str, str], description="The object a meeting of a kind is about, such as sales: deal."
    )
    create_missing: bool = Field(default=False, description="Let the destination create a record that is not found.")

    def approval(self, operation: str, field: str | None = None) -> Approval:
        """Who has to approve a write. A field that is not mapped is never written."""
        if operation == "set_field":
            mapped = self.fields.get(field or "")
            return mapped.approval if mapped is not None else Approval.NEVER
        found: Approval = getattr(self, operation, Approval.AUTO)
        return found


def coerced(value: str, mapped: MappedField) -> str:
    """``value`` as the destination takes it. Raises ValueError that names the type and never the value."""
    match mapped.type:
        case "number":
            return _number(value)
        case "date":
            return _date(value).isoformat()
        case "datetime":
            if mapped.zone is None:
                raise ValueError("a datetime needs a zone")
            return datetime.combine(_date(value), time(), ZoneInfo(mapped.zone)).isoformat()
        case "enum":
            return _option(value, mapped)
        case "multi":
            return ";".join(_option(part.strip(), mapped) for part in value.split(";") if part.strip())
        case _:
            return mapped.values.get(value, value)


def _option(value: str, mapped: MappedField) -> str:
    if not mapped.values:
        return value
    known = {name.casefold(): option for name, option in mapped.values.items()}
    if value.casefold() not in known:
        raise ValueError("the value is none of the options mapped")
    return known[value.casefold()]


def _date(value: str) -> date:
    try:
        return date.fromisoformat(value.strip()[:10])
    except ValueError:
        raise ValueError("it is not a date") from None


def _number(value: str) -> str:
    found = _AMOUNT.findall(value)
    if len(found) != 1:
        raise ValueError("it is not one number")
    digits = re.sub(r"[,' \u202f\u00a0]", "", found[0])
    rest = value[value.index(found[0].rstrip()) + len(found[0].rstrip()) :].strip().lower()
    try:
        number = Decimal(digits) * _TIMES.get(rest[:1] if rest[:2] in ("k", "m") or rest[1:2] in ("", " ") else "", 1)
    except InvalidOperation:
        raise ValueError("it is not a number") from None
    return f"{number.normalize():f}"
