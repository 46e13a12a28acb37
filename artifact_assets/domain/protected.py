"""Things about a candidate that do not belong into an ATS without a person having looked.

What belongs here: the words that show them. What does not: what happens then (see ``stages.planning``).

Coarse on purpose: holding back one note too many costs a click, letting one through may cost the candidate the job.
"""

from __future__ import annotations

import re

_WORDS = (
    r"pregnan\w*|maternity|paternity|parental leave|child ?care|(?:her|his|their|my) (?:kids|children|husband|wife|partner)"
    r"|married|divorced|religio\w*|church|mosque|synagogue|muslim|christian|jewish|hindu|ethnic\w*|race|racial|nationality"
    r"|immigrant|visa status|accent|disab\w+|wheelchair|chronic|illness|diagnos\w+|depress\w+|therapy|medication|surgery"
    r"|cancer|gay|lesbian|transgender|sexual\w*|gender|\w* years old|\d+ years? old|too (?:old|young)|retire\w*"
    r"|union member|political\w*|criminal record|schwanger\w*|behinder\w*|religi\w+|enceinte|handicap\w*|embarazad\w*"
)
_PATTERN = re.compile(rf"\b(?:{_WORDS})\b", re.IGNORECASE)


def mentions_protected(*texts: str | None) -> bool:
    """Whether any text may speak of a protected characteristic."""
    return any(_PATTERN.search(text) for text in texts if text)
