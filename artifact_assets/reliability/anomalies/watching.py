"""Judging series as of an hour: new and rising errors, drifting levels, silence, and meetings that wait too long.

What belongs here: windows, baselines and thresholds. What does not: the arithmetic (see ``chances``) and where series come
from (see ``series``).

Stated false alarms: a test fires below ``RARE``. About sixty fingerprints are tested over three windows 168 times a week,
30,000 tests that overlap so much that about 3,000 are independent: 0.003 false alarms a week if chance were all. Days are
wilder than chance, which is why the thresholds are this far out and effects must be large as well as sure; a simulation counts
what is left (docs/anomalies.md).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from artifact_assets.reliability.anomalies.chances import (
    deviation,
    dispersion,
    fewer_than,
    more_than_before,
    usual_counts,
)
from artifact_assets.reliability.anomalies.finding import Finding, Sort
from artifact_assets.reliability.anomalies.series import Counted, Hours, Level, Watched

DAY, WEEK = 24, 168
BASELINE = 28 * DAY
LEAST_BASELINE = 7 * DAY
RARE = 1e-6
RARE_AND_NEW = 1e-4
"""For an error never seen before: there are not many of those to be wrong about."""
WINDOWS = (1, DAY, WEEK)
FEWEST = {1: 4, DAY: 3, WEEK: 5}
"""Fewer events than this are no pattern, however rare."""
FACTOR = 2.0
DEVIATION = 6.0
FEWEST_MEASURED = 20
STEP = math.log(1.2)
SHARE_STEP = 0.08
LEVEL_WINDOWS = (6, DAY, WEEK)
STUCK_LEAST = 5
FEW_SHARE = 0.25
SILENT_WINDOWS = (2, 4, DAY)


@dataclass(frozen=True)
class Watch:
    """Looks at ``watched`` as of the end of its hour ``hour``; what comes after it is not seen."""

    watched: Watched

    def findings(self, hour: int) -> tuple[Finding, ...]:
        """What is unusual, the most surprising first; one finding a key."""
        if hour < LEAST_BASELINE:
            return ()
        found: dict[str, Finding] = {}
        for finding in (*self._errors(hour), *self._drifts(hour), *self._silences(hour), *self._stuck(hour)):
            if finding.key not in found or finding.surprise > found[finding.key].surprise:
                found[finding.key] = finding
        return tuple(sorted(found.values(), key=lambda one: (-one.surprise, one.key)))

    def _errors(self, hour: int) -> Iterator[Finding]:
        for series in self.watched.counted:
            for window in WINDOWS:
                finding = self._error(series, window, hour)
                if finding is not None:
                    yield finding

    def _error(self, series: Counted, window: int, hour: int) -> Finding | None:
        count, chances = _sum(series.hits, hour, window), _sum(series.chances, hour, window)
        if count < FEWEST[window]:
            return None
        usual = _usual_rate(series, hour - window)
        if usual.chances <= 0 or count < FACTOR * usual.rate * chances:
            return None
        if window == WEEK and _sum(series.hits, hour, DAY) < FACTOR * usual.rate * _sum(series.chances, hour, DAY):
            # It was so this week, and is over.
            return None
        probability = more_than_before(count, chances, usual.count, usual.chances, usual.spread)
        new = usual.count == 0
        if probability >= (RARE_AND_NEW if new else RARE):
            return None
        told = (
            f"{series.sentence}: {count:.0f} in {_span(window)}, never in the {_span(usual.hours)} before"
            if new
            else f"{series.sentence}: {count:.0f} in {_span(window)} where {usual.rate * chances:.1f} are usual"
        )
        return self._finding(
            series.key, Sort.NEW if new else Sort.RISING, told, series, window, hour, count, probability
        )

    def _drifts(self, hour: int) -> Iterator[Finding]:
        for level in self.watched.levels:
            for window in LEVEL_WINDOWS:
                number = _sum(level.number, hour, window)
                earlier = _earlier(level, hour, window)
                if number < FEWEST_MEASURED or len(earlier) < 7:
                    continue
                mean = _sum(level.total, hour, window) / number
                variance = max(_sum(level.squares, hour, window) / number - mean**2, 0.0)
                away = deviation(mean, math.sqrt(variance / number), earlier)
                step = mean - float(np.median(earlier))
                if abs(away) < DEVIATION or abs(step) < (STEP if level.relative else SHARE_STEP):
                    continue
                change = f"{math.exp(step):.2f} times the usual" if level.relative else f"{step:+.2f} from the usual"
                told = f"{level.sentence}: {change} over {_span(window)}, {abs(away):.0f} times its usual spread away"
                since = self.watched.grid.start + timedelta(hours=hour - window)
                surprise = min(300.0, away**2 / 2 * math.log10(math.e))
                yield Finding(f"drift|{level.key}", Sort.DRIFT, told, since, int(number), surprise)

    def _silences(self, hour: int) -> Iterator[Finding]:
        arrivals = self.watched.arrivals
        for window in SILENT_WINDOWS:
            usual = _usual(arrivals, hour, window)
            count = _sum(arrivals, hour, window)
            if usual < 20 or count > FEW_SHARE * usual:
                continue
            # Weeks differ more than chance: a third as many independent arrivals as there are meetings.
            probability = fewer_than(count, usual, 3.0)
            if probability < RARE * 10:
                told = f"{count:.0f} meetings in {_span(window)} where {usual:.0f} are usual at this time of the week"
                since = self.watched.grid.start + timedelta(hours=hour - window)
                yield Finding("silence|meetings", Sort.SILENCE, told, since, int(count), _surprise(probability))

    def _stuck(self, hour: int) -> Iterator[Finding]:
        stuck = self.watched.stuck
        now = stuck.hits[hour - 1]
        first = max(0, hour - DAY - BASELINE)
        before = stuck.hits[first : hour - DAY]
        usual = float(np.quantile(before, 0.99)) if len(before) else 0.0
        if now >= max(STUCK_LEAST, 3 * usual + STUCK_LEAST):
            told = f"{stuck.sentence}: {now:.0f} where at most {usual:.0f} were usual"
            window = DAY
            yield self._finding(stuck.key, Sort.STUCK, told, stuck, window, hour, now, 10.0 ** -(now / max(usual, 1)))

    def _finding(
        self, key: str, sort: Sort, told: str, series: Counted, window: int, hour: int, count: float, probability: float
    ) -> Finding:
        until = self.watched.grid.start + timedelta(hours=hour)
        since = until - timedelta(hours=window)
        return Finding(key, sort, told, since, int(count), _surprise(probability), series.example(since, until))


def _sum(hours: Hours, hour: int, window: int) -> float:
    return float(hours[max(0, hour - window) : hour].sum())


@dataclass(frozen=True)
class _Usual:
    """What was usual before: ``count`` in ``chances`` over ``hours``, and how wild days are."""

    count: float
    chances: float
    spread: float
    hours: int

    @property
    def rate(self) -> float:
        """Events a chance."""
        return self.count / self.chances if self.chances else 0.0


def _usual_rate(series: Counted, until: int) -> _Usual:
    days = min(until, BASELINE) // DAY
    begin = until - days * DAY
    chances = series.chances[begin:until].reshape(days, DAY).sum(axis=1)
    hits = usual_counts(series.hits[begin:until].reshape(days, DAY).sum(axis=1), chances)
    count, whole = float(hits.sum()), float(chances.sum())
    return _Usual(count, whole, dispersion(hits, count / whole * chances) if whole else 1.0, days * DAY)


def _earlier(level: Level, hour: int, window: int) -> list[float]:
    """Means of the same hours of earlier days, or of earlier weeks for a window of a week."""
    means: list[float] = []
    # A window of a week is compared with days: four weeks would show no spread. The drift itself lies in none of them.
    span = min(window, DAY)
    for day in range(1, BASELINE // DAY + 1):
        end = hour - (window if window > DAY else 0) - day * DAY
        if end - span < 0:
            break
        number = _sum(level.number, end, span)
        if number >= FEWEST_MEASURED:
            means.append(_sum(level.total, end, span) / number)
    return means


def _usual(arrivals: Hours, hour: int, window: int) -> float:
    """Meetings of the same hours in the six weeks before: the middle one, so that no holiday is a rule."""
    weeks = [_sum(arrivals, hour - week * WEEK, window) for week in range(1, 7) if hour - week * WEEK >= window]
    return sorted(weeks)[(len(weeks) - 1) // 2] if len(weeks) >= 2 else 0.0


def _surprise(probability: float) -> float:
    return 300.0 if probability <= 0 else min(300.0, -math.log10(probability))


def _span(hours: int) -> str:
    if hours >= 2 * DAY:
        return f"{hours // DAY} days"
    return "an hour" if hours == 1 else f"{hours} hours"
