"""Reading JSON that keeps no promise: every accessor answers for any value and never raises.

What belongs here: total accessors. What does not: a vendor's keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

LARGEST = 10**18
"""Numbers from here on are no time in any unit; comparing also turns away NaN and infinity."""

_NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,18})?")
_ISO_DURATION = re.compile(r"P(?:(\d{1,4})D)?T?(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?")


def mapping(value: Json) -> dict[str, Json]:
    """``value`` when it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: Json) -> list[Json]:
    """``value`` when it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def objects(value: Json) -> Iterator[tuple[int, dict[str, Json]]]:
    """The objects in a list with their positions; anything else in it is passed over."""
    for position, item in enumerate(sequence(value)):
        if isinstance(item, dict):
            yield position, item


def string(value: Json) -> str | None:
    """``value`` when it is a text with something in it, else None."""
    return value if isinstance(value, str) and value else None


def words(value: Json) -> str:
    """``value`` when it is a text, else the empty text."""
    return value if isinstance(value, str) else ""


def number(value: Json) -> float | None:
    """A finite number, also when it is written as a text; else None. True and False are no numbers."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return float(value) if abs(value) < LARGEST else None
    if isinstance(value, str) and len(value) <= 40 and _NUMBER.fullmatch(value.strip()):
        return float(value)
    return None


def scaled(value: Json, unit: float) -> float | None:
    """Seconds of a number counted in ``unit`` (0.001 for milliseconds), rounded to the microsecond."""
    amount = number(value)
    return None if amount is None else round(amount * unit, 6)


def duration_seconds(value: Json) -> float | None:
    """Seconds of ``"12.900s"``, ``"PT1M2.5S"``, ``{"seconds": "12", "nanos": 900000000}`` or a plain number."""
    if isinstance(value, dict):
        nanos = number(value.get("nanos"))
        return (number(value.get("seconds")) or 0.0) + (nanos or 0.0) / 1e9
    if isinstance(value, str) and len(value) <= 40:
        if value.endswith("s"):
            return number(value[:-1])
        match = _ISO_DURATION.fullmatch(value)
        if match is not None and len(value) > 2:
            days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
            return days * 86400 + hours * 3600 + minutes * 60 + seconds
    return number(value)


def has(value: Json, *keys: str) -> bool:
    """Whether ``value`` is an object with all of ``keys``."""
    return isinstance(value, dict) and all(key in value for key in keys)


def first_object(value: Json) -> dict[str, Json]:
    """The first object in a list, else an empty one."""
    for _, item in objects(value):
        return item
    return {}


def pick(value: dict[str, Json], *keys: str) -> Json:
    """The first of ``keys`` that is present and not null."""
    return next((value[key] for key in keys if value.get(key) is not None), None)
