"""Who speaks when, where a format lists speakers and words apart: joined by time.

What belongs here: that join. What does not: a format's keys.
"""

from __future__ import annotations

from bisect import bisect_right


class Voices:
    """Spans of time with a speaker each. Spans may touch and overlap; the latest one to start wins."""

    def __init__(self) -> None:
        self._spans: list[tuple[float, float, str]] = []
        self._starts: list[float] | None = None

    def add(self, start: float | None, end: float | None, speaker: str) -> None:
        """A span in seconds; one without a start or an end covers nothing."""
        if start is not None and end is not None and end >= start:
            self._spans.append((start, end, speaker))
            self._starts = None

    def at(self, moment: float | None) -> str | None:
        """Who speaks at ``moment``, or None."""
        if moment is None:
            return None
        if self._starts is None:
            self._spans.sort(key=lambda span: span[0])
            self._starts = [span[0] for span in self._spans]
        position = bisect_right(self._starts, moment + 1e-6)
        for start, end, speaker in reversed(self._spans[max(0, position - 4) : position]):
            if start - 1e-6 <= moment < end + 1e-6:
                return speaker
        return None
