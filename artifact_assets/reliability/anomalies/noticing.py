"""Findings kept for an hour, and told to an operator.

What belongs here: looking at most once an hour however often it is asked, and findings as conditions. What does not: finding
(see ``looking``) and sending (see ``stages.alerting``).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from artifact_assets.domain.alert_ports import Source
from artifact_assets.domain.alerts import Condition, Severity
from artifact_assets.domain.conditions import COMMAND
from artifact_assets.reliability.anomalies.changes import Commits, no_history
from artifact_assets.reliability.anomalies.finding import Finding, Sort
from artifact_assets.reliability.anomalies.looking import look
from artifact_assets.reliability.bookkeeping import Bookkeeping

KIND = "anomaly"
FILE = "findings.json"
CRITICAL = frozenset({Sort.SILENCE, Sort.STUCK})


async def findings(bookkeeping: Bookkeeping, commits: Commits = no_history) -> tuple[Finding, ...]:
    """What is unusual, looked for anew when the last look is of another hour."""
    now, file = bookkeeping.clock.now(), bookkeeping.books.folder / FILE
    hour = now.replace(minute=0, second=0, microsecond=0)
    kept = _read(file, hour)
    if kept is not None:
        return kept
    found = look(await bookkeeping.facts(), now, commits)
    bookkeeping.books.put(FILE, json.dumps({"hour": hour.isoformat(), "findings": [_stored(one) for one in found]}))
    return found


def anomaly_source(bookkeeping: Bookkeeping, commits: Commits = no_history) -> Source:
    """Knows what is unusual."""

    async def conditions(now: datetime) -> Sequence[Condition]:
        del now
        return [condition_of(one) for one in await findings(bookkeeping, commits)]

    return Source(frozenset({KIND}), conditions)


def condition_of(finding: Finding) -> Condition:
    """A finding as an operator is told of it."""
    changed = f" Shortly before: {'; '.join(finding.changes)}." if finding.changes else ""
    return Condition(
        key=f"{KIND}:{finding.key}",
        severity=Severity.CRITICAL if finding.sort in CRITICAL else Severity.WARNING,
        title=f"{finding.sort}: {finding.key}",
        cause=f"{finding.told[0].upper()}{finding.told[1:]}.{changed}",
        since=finding.since,
        count=finding.count,
        example_meeting=finding.example_meeting,
        next_command=f"{COMMAND} trace {finding.example_meeting}"
        if finding.example_meeting
        else f"{COMMAND} anomalies",
        over=f"{finding.key} is as usual again.",
    )


def _stored(finding: Finding) -> dict[str, Any]:
    return {**asdict(finding), "since": finding.since.isoformat()}


def _restored(told: dict[str, Any]) -> Finding:
    return Finding(
        key=told["key"],
        sort=Sort(told["sort"]),
        told=told["told"],
        since=datetime.fromisoformat(told["since"]),
        count=told["count"],
        surprise=told["surprise"],
        example_meeting=told["example_meeting"],
        changes=tuple(told["changes"]),
    )


def _read(file: Path, hour: datetime) -> tuple[Finding, ...] | None:
    try:
        told = json.loads(file.read_text("utf-8"))
        return tuple(map(_restored, told["findings"])) if told["hour"] == hour.isoformat() else None
    except (OSError, ValueError, KeyError, TypeError):
        # Never looked, or written by another version.
        return None
