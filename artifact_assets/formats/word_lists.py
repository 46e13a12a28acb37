"""Lists of words, written as a person reads them.

What belongs here: the notation. What does not: any list; it stands beside the rule that uses it.
"""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """The words of ``text``, separated by white space; ``_`` inside an entry stands for a space."""
    return frozenset(entry.replace("_", " ") for entry in text.split())
