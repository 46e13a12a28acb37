"""The verdicts of the asset checks ``accurate``, ``relevant`` and ``timely`` on a stored artifact.

What belongs here: an artifact, and the time, turned into passed, severity and numbers a graph can plot. What does not:
judging claims again, and Dagster. Metadata holds codes, counts and seconds, never words of the meeting.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from artifact_assets.domain.art.codes import Quality
from artifact_assets.domain.art.policy import TimelinessPolicy
from artifact_assets.domain.art.timeliness import judge_freshness, judge_timeliness
from artifact_assets.domain.artifact import (
    Alignment,
    Artifact,
    Item,
    ItemState,
    RuleFailure,
)
from artifact_assets.domain.records import CheckResult

CHECKS: tuple[Quality, ...] = ("accurate", "relevant", "timely")
_SETTLED = frozenset({ItemState.SUPERSEDED, ItemState.REJECTED, ItemState.EXPIRED, ItemState.SUGGESTED})


def accurate_check(artifact: Artifact) -> CheckResult:
    """Red when the artifact is suspect, yellow when items wait because of accuracy."""
    quotes = [evidence for item in artifact.items for evidence in item.evidence]
    found = sum(evidence.alignment is not Alignment.NONE for evidence in quotes)
    return _check(
        "accurate",
        artifact,
        {
            "grounded_share": round(found / len(quotes), 4) if quotes else 1.0,
            "quotes": len(quotes),
            **{f"quotes_{a.value}": sum(e.alignment is a for e in quotes) for a in Alignment},
        },
    )


def relevant_check(artifact: Artifact) -> CheckResult:
    """Yellow when items wait because of relevance. An artifact without items is relevant: nothing was to be done."""
    kinds = Counter(item.content.kind for item in artifact.items if item.state is ItemState.ACCEPTED)
    return _check(
        "relevant",
        artifact,
        {f"accepted_{kind}": count for kind, count in sorted(kinds.items())},
    )


def timely_check(
    artifact: Artifact,
    kind: str | None,
    started_at: datetime | None,
    received_at: datetime | None,
    now: datetime,
    policy: TimelinessPolicy,
) -> CheckResult:
    """Yellow when a live meeting misses its target, or an accepted item is no longer worth delivering at ``now``."""
    freshness = judge_freshness(kind, started_at, received_at, now, policy)
    late = {i.item_id: judge_timeliness(started_at, i.content, now, policy) for i in artifact.accepted}
    codes = Counter(f.code for failures in late.values() for f in failures)
    numbers: dict[str, Any] = {
        "freshness_target_seconds": freshness.target_seconds,
        "live": freshness.live,
        "late": freshness.late,
        "untimely_items": sum(bool(failures) for failures in late.values()),
        "accepted": len(artifact.accepted),
        **_codes(codes),
    }
    if freshness.seconds is not None:
        numbers["freshness_seconds"] = round(freshness.seconds, 1)
    return CheckResult(
        "timely",
        passed=not codes and not freshness.late,
        severity="WARN",
        metadata=numbers,
    )


def _check(quality: Quality, artifact: Artifact, numbers: Mapping[str, Any]) -> CheckResult:
    gates = [f for f in artifact.failures if f.quality == quality]
    held = [item for item in artifact.items if _holds(item, quality)]
    codes = Counter(f.code for item in held for f in item.failures if f.quality == quality)
    codes.update(f.code for f in gates)
    return CheckResult(
        quality,
        passed=not held and not gates,
        severity="ERROR" if gates else "WARN",
        metadata={
            "items": len(artifact.items),
            "accepted": len(artifact.accepted),
            "quarantined": len(artifact.quarantined),
            f"held_by_{quality}": len(held),
            **numbers,
            **_codes(codes),
        },
    )


def _holds(item: Item, quality: Quality) -> bool:
    return item.state not in _SETTLED | {ItemState.ACCEPTED} and any(_is(f, quality) for f in item.failures)


def _is(found: RuleFailure, quality: Quality) -> bool:
    return found.quality == quality


def _codes(codes: Counter[str]) -> dict[str, int]:
    return {f"code_{code}": count for code, count in sorted(codes.items())}
