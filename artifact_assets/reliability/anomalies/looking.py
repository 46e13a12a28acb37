"""Looking at the ledger's facts as of now.

What belongs here: the stretch of time that is looked at, and findings with what changed before them. What does not: reading
facts, and telling anybody.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from artifact_assets.reliability.anomalies.changes import Commits, changes_between, no_history
from artifact_assets.reliability.anomalies.finding import Finding
from artifact_assets.reliability.anomalies.series import Grid, watched
from artifact_assets.reliability.anomalies.watching import BASELINE, WEEK, Watch
from artifact_assets.reliability.facts import Facts

LOOKED_AT = timedelta(hours=BASELINE + 2 * WEEK)
"""Four weeks of what is usual before the longest window, and as much as six weeks for the rhythm of arrivals."""


def look(facts: Facts, now: datetime, commits: Commits = no_history) -> tuple[Finding, ...]:
    """What is unusual at the last full hour before ``now``, the most surprising first."""
    end = now.replace(minute=0, second=0, microsecond=0)
    grid = Grid(end - LOOKED_AT, int(LOOKED_AT.total_seconds() // 3600))
    near = facts.on(grid.start.date(), (end + timedelta(days=1)).date())
    # Without history nothing is usual: the first meeting is where the baseline begins.
    found = Watch(watched(near, grid)).findings(grid.hours)
    return tuple(one.after(changes_between(facts, one.since, end, commits)) for one in found)
