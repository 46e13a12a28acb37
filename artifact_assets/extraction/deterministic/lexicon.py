"""Word lists and long patterns written over several lines.

What belongs here: the two ways rules write their words. What does not: any word.
"""

from __future__ import annotations

import re

_FOLD = re.compile(r"\n\s*")


def words(text: str) -> frozenset[str]:
    """The words of ``text`` as a set."""
    return frozenset(text.split())


def pattern(text: str) -> re.Pattern[str]:
    """The pattern ``text`` with line breaks and the space after them taken out; other spaces keep their meaning."""
    return re.compile(joined(text))


def joined(text: str) -> str:
    """``text`` on one line, for a part of a longer pattern."""
    return _FOLD.sub("", text)
