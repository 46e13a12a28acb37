"""Whether a list of times counts seconds or milliseconds, when its format does not say.

What belongs here: that judgement. What does not: formats that document their unit.
"""

from __future__ import annotations

from collections.abc import Sequence

from artifact_assets.formats.fields import Json, number, scaled, words

SLOWEST_WORD_SECONDS = 30.0
"""Nobody takes longer for a word on average over a meeting; in milliseconds a word takes about 400."""


def unit_of(entries: Sequence[dict[str, Json]]) -> float:
    """0.001 when ``start`` and ``end`` of ``entries`` count milliseconds, else 1.

    Told by the rate of speech: whole numbers that leave over 30 units for each word are milliseconds.
    """
    span, spoken = 0.0, 0
    for entry in entries:
        start, end = number(entry.get("start")), number(entry.get("end"))
        if start is not None and end is not None:
            if start % 1 or end % 1:
                return 1.0
            span += end - start
            spoken += len(words(entry.get("text")).split()) or 1
    return 0.001 if spoken and span / spoken > SLOWEST_WORD_SECONDS else 1.0


def second_of(value: Json, unit: float) -> float | None:
    """``value`` in seconds, counted in ``unit``."""
    return number(value) if unit == 1.0 else scaled(value, unit)
