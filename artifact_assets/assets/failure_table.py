"""The table a failed run shows first: which meetings, why, and what to do.

What belongs here: wording for people. What does not: deciding what failed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import dagster as dg

from artifact_assets.stages.result import MeetingResult

MOST_ROWS = 100


def failure_of(results: Sequence[MeetingResult]) -> dg.Failure | None:
    """The failure that ends a run in which some meetings did not get through; None when all did.

    ``allow_retries=False``: each failure class has its own retry owner, and Dagster's would repeat the whole range.
    """
    stopped = [result for result in results if result.stopped_at is not None]
    if not stopped:
        return None
    lines = [
        f"{result.meeting_id}: {result.state or 'refused'} at {result.stopped_at} [{result.failure_class}] "
        f"{result.cause} -> {result.remedy}"
        for result in stopped
    ]
    more = f"\n... and {len(lines) - MOST_ROWS} more" if len(lines) > MOST_ROWS else ""
    through = len(results) - len(stopped)
    return dg.Failure(
        description=f"{len(stopped)} of {len(results)} meetings did not get through; {through} did.\n"
        + "\n".join(lines[:MOST_ROWS])
        + more
        + "\nFinished stages are kept: re-execute from failure once the cause is gone.",
        metadata={
            "meetings": dg.MetadataValue.md(_markdown(stopped[:MOST_ROWS]) + more),
            "stopped": len(stopped),
            "through": through,
        },
        allow_retries=False,
    )


def _markdown(stopped: Sequence[MeetingResult]) -> str:
    rows = [
        f"| {r.meeting_id} | {r.state or 'refused'} | {r.stopped_at} | {r.failure_class} "
        f"| {_cell(r.cause)} | {_cell(r.remedy)} |"
        for r in stopped
    ]
    head = "| meeting | state | stage | class | cause | what to do |\n|---|---|---|---|---|---|"
    return "\n".join([head, *rows])


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|").replace("\n", " ")


def tags_of(results: Sequence[MeetingResult]) -> dict[str, str]:
    """Run tags that let an operator filter runs by what went wrong in them."""
    classes = Counter(str(result.failure_class) for result in results if result.stopped_at is not None)
    return {
        "artifacts/stopped": str(classes.total()),
        **{f"artifacts/failure.{name}": str(n) for name, n in classes.items()},
    }
