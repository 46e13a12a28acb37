"""Configured phrases as patterns: how a phrase of the taxonomy is looked for in talk.

What belongs here: turning plain words into a tolerant pattern. What does not: what a hit means (see ``tags``, ``fields``).
"""

from __future__ import annotations

import re
from functools import lru_cache

from artifact_assets.extraction.deterministic.talk import lowered

_BETWEEN = r"[\s-]+(?:(?:to|the|a|an|our|your|my|their)\s+)?"


@lru_cache(maxsize=2048)
def phrase_pattern(phrase: str) -> re.Pattern[str]:
    """A pattern for ``phrase`` in lowered text: whole words, plural allowed, one small word tolerated in between.

    It starts with its first word, bare, which the search is fast for: ``Talk.find`` sees to it that a word starts there.
    "is" also matches its contraction, so that "my title is" finds "my title's".
    """
    words = [re.escape(word) for word in lowered(phrase).split()]
    pattern = _BETWEEN.join(words)
    pattern = pattern.replace(f"{_BETWEEN}is", rf"(?:'s|{_BETWEEN}is)")
    plural = r"(?:e?s)?" if words and words[-1][-1].isalpha() else ""
    return re.compile(rf"{pattern}{plural}(?!\w)")
