"""Forty planted incidents of ten kinds in ninety days, and ninety clean days: what is found, how soon, and what is not there.

What belongs here: planting, matching and the table. What does not: chance (see ``simulated_ledger``) and looking (see
``artifact_assets.reliability.anomalies``). Run ``python -m benchmarks.anomalies_bench [--seed N]``; exits 1 when fewer than 36
of 40 are found in time or more than two false alarms a week are raised on the clean days.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from artifact_assets.reliability.anomalies.finding import Finding
from artifact_assets.reliability.anomalies.series import Grid, watched
from artifact_assets.reliability.anomalies.watching import LEAST_BASELINE, Watch
from artifact_assets.reliability.drawing import draw
from benchmarks.simulated_ledger import START, Incident, simulated

QUIET_HOURS = 24
"""A trouble not seen for so long is over; when it comes again it is another alarm."""


@dataclass(frozen=True)
class Expected:
    """How an incident of one sort shows: within ``hours`` at one of ``keys`` (beginnings of a finding's key)."""

    lasts: float
    hours: float
    keys: tuple[str, ...]
    where: tuple[str, ...] = ("",)


STOPS = ("model_timeout", "destination_unavailable", "unreadable_input", "model_refused")
SORTS: Mapping[str, Expected] = {
    "slow_rise": Expected(8 * 24, 6 * 24, ("meeting|{where}", "drift|latency"), STOPS),
    "burst": Expected(3, 4, ("write|{where}",), ("hubspot", "salesforce")),
    "new_error": Expected(72, 48, ("meeting|internal_error",)),
    "one_destination": Expected(48, 24, ("write|{where}",), ("greenhouse", "hubspot")),
    "renamed_field": Expected(48, 12, ("write|{where}|set_field",), ("salesforce", "hubspot")),
    "validity_drop": Expected(72, 24, ("call|",)),
    "cost_jump": Expected(72, 24, ("drift|cost", "drift|tokens")),
    "stuck": Expected(10, 24, ("stuck|", "meeting|destination_unauthorized")),
    "silence": Expected(7, 5, ("silence|",)),
    "clock_skew": Expected(24, 24, ("clock|",)),
}


@dataclass(frozen=True)
class Alarm:
    """A finding when it was first made."""

    at: datetime
    finding: Finding


def planted(days: int, each: int, seed: int) -> list[Incident]:
    """``each`` incidents of every sort on working days, spread so that most of the time several things are usual."""
    chance = np.random.default_rng(seed + 1000)
    first = LEAST_BASELINE // 24 + 14
    found: list[Incident] = []
    for number, (sort, expected) in enumerate(SORTS.items()):
        for turn in range(each):
            span = (days - first - 12) / each
            day = first + turn * span + number * span / len(SORTS) + chance.random() * span / len(SORTS)
            begins = START + timedelta(days=int(day))
            if begins.weekday() > 3:
                begins -= timedelta(days=begins.weekday() - int(chance.integers(0, 4)))
            begins += timedelta(hours=float(9 + chance.integers(0, 3)))
            found.append(Incident(sort, begins, expected.lasts, expected.where[turn % len(expected.where)]))
    return found


def alarms(days: int, a_day: int, incidents: Sequence[Incident], seed: int, begin: int = LEAST_BASELINE) -> list[Alarm]:
    """Every alarm raised while ``days`` go by, looked at once an hour from the hour ``begin`` on."""
    facts = draw(simulated(days, a_day, incidents, seed))
    watch = Watch(watched(facts, Grid(START, days * 24)))
    seen: dict[str, int] = {}
    raised: list[Alarm] = []
    for hour in range(begin, days * 24):
        for finding in watch.findings(hour):
            if hour - seen.get(finding.key, -QUIET_HOURS - 1) > QUIET_HOURS:
                raised.append(Alarm(START + timedelta(hours=hour), finding))
            seen[finding.key] = hour
    return raised


def found_after(incident: Incident, raised: Sequence[Alarm]) -> float | None:
    """Hours until an alarm about it, None when there was none in its time."""
    expected = SORTS[incident.sort]
    keys = tuple(key.format(where=incident.where) for key in expected.keys)
    late = incident.begins + timedelta(hours=expected.hours)
    # What a clock that is behind writes down is dated before the incident.
    early = incident.begins - timedelta(hours=3 if incident.sort == "clock_skew" else 0)
    times = [a.at for a in raised if early < a.at <= late and a.finding.key.startswith(keys)]
    return max(0.0, (min(times) - incident.begins).total_seconds() / 3600) if times else None


def unexplained(incidents: Sequence[Incident], raised: Sequence[Alarm]) -> list[Alarm]:
    """Alarms at times when no incident could have caused them: none was under way, nor in the week before."""
    week = timedelta(days=7)
    return [a for a in raised if not any(i.begins <= a.at <= i.ends + week for i in incidents)]


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--meetings", type=int, default=1000, help="a day")
    options = parser.parse_args()
    began = time.process_time()
    incidents = planted(options.days, 4, options.seed)
    raised = alarms(options.days, options.meetings, incidents, options.seed)
    print(f"{'incident':18} {'planted':>7} {'found':>6} {'allowed h':>10}  hours until found")
    total = 0
    for sort, expected in SORTS.items():
        hours = [found_after(i, raised) for i in incidents if i.sort == sort]
        total += sum(h is not None for h in hours)
        told = ", ".join("-" if h is None else f"{h:.0f}" for h in hours)
        print(f"{sort:18} {len(hours):7} {sum(h is not None for h in hours):6} {expected.hours:10.0f}  {told}")
    clean = alarms(options.days, options.meetings, (), options.seed + 7)
    weeks = (options.days * 24 - LEAST_BASELINE) / 168
    print(
        f"found {total} of {len(incidents)} in time; {len(raised)} alarms in all, "
        f"{len(unexplained(incidents, raised))} without an incident in the week before"
    )
    print(f"clean days: {len(clean)} false alarms in {weeks:.0f} weeks, {len(clean) / weeks:.2f} a week")
    for alarm in clean:
        print(
            f"  {alarm.at:%Y-%m-%d %H}h {alarm.finding.key}: {alarm.finding.told} (surprise {alarm.finding.surprise:.1f})"
        )
    print(f"{time.process_time() - began:.0f} s of CPU")
    return 0 if total >= 36 and len(clean) <= 2 * weeks else 1


if __name__ == "__main__":
    sys.exit(main())
