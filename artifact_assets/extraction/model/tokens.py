"""How many tokens a text may become, without any tokenizer.

What belongs here: an estimate that errs upwards, so that chunks fit. What does not: what was really used, which the
provider counts.
"""

from __future__ import annotations

ASCII_PER_TOKEN = 3.2
"""English talk has 4 to 4.5 characters a token in the common vocabularies; identifiers and numbers have fewer."""


def estimate(text: str) -> int:
    """At least as many tokens as ``text`` is likely to have: 3.2 ASCII characters or one other character make one."""
    others = sum(not ch.isascii() for ch in text) if not text.isascii() else 0
    return int((len(text) - others) / ASCII_PER_TOKEN) + others + 1
