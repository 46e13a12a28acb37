"""Whether two values, owners or texts mean the same.

What belongs here: equality as a reader judges it. What does not: figures made of it.
"""

from __future__ import annotations

import re

from artifact_assets.formats.joining import folded

_NUMBER = re.compile(r"[^0-9.,-]")


def same_value(one: str, other: str) -> bool:
    """Equal as numbers, else as words: ``48,000 EUR`` is ``48000``, ``High`` is ``high``."""
    a, b = _number(one), _number(other)
    if a is not None and b is not None:
        return a == b
    return folded(one) == folded(other)


def same_person(one: str | None, other: str | None) -> bool:
    """One name, or one of them a part of the other: ``Dan`` is ``Dan Miller``. Nobody is only nobody."""
    if not one or not other:
        return not one and not other
    a, b = frozenset(folded(one).split()), frozenset(folded(other).split())
    return bool(a) and bool(b) and (a <= b or b <= a)


def _number(text: str) -> float | None:
    plain = _NUMBER.sub("", text)
    if not plain or len(plain) * 2 < len("".join(text.split())):
        return None
    try:
        return float(plain.replace(",", ""))
    except ValueError:
        return None
