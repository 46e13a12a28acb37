"""From checkpoints to what Dagster's event log shows.

What belongs here: materializations and check evaluations as values. What does not: writing them (see ``event_log``).
Metadata holds ids, codes, counts, times and links, never a word of a transcript.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import dagster as dg

from artifact_assets.assets.specs import BLOCKING, asset_key
from artifact_assets.domain.records import Checkpoint, CheckResult, Json
from artifact_assets.domain.states import Stage
from artifact_assets.stages.result import MeetingResult


def materialization(checkpoint: Checkpoint, *, reused: bool, more: Json | None = None) -> dg.AssetMaterialization:
    """The stage's materialization for one meeting; ``more`` is further metadata."""
    return dg.AssetMaterialization(
        asset_key(checkpoint.stage),
        partition=checkpoint.meeting_id,
        metadata={
            **metadata(checkpoint.metadata),
            "duration_seconds": checkpoint.duration_seconds,
            "reused": reused,
            "stage_key": checkpoint.key[:12],
            **(more or {}),
        },
    )


def evaluation(stage: Stage, meeting_id: str, result: CheckResult) -> dg.AssetCheckEvaluation:
    """One check's evaluation for one meeting."""
    return dg.AssetCheckEvaluation(
        asset_key=asset_key(stage),
        check_name=result.check,
        passed=result.passed,
        severity=dg.AssetCheckSeverity[result.severity],
        partition=meeting_id,
        metadata=metadata(result.metadata),
        blocking=result.check in BLOCKING,
    )


def undelivered(result: MeetingResult) -> dg.AssetCheckEvaluation:
    """The red delivery check of a meeting that did not get through."""
    verdict = CheckResult(
        "delivered_once",
        passed=False,
        severity="ERROR",
        metadata={
            "stopped_at": str(result.stopped_at),
            "failure_class": str(result.failure_class),
            "cause": result.cause,
        },
    )
    return evaluation(Stage.DELIVERED, result.meeting_id, verdict)


def events_of(
    checkpoint: Checkpoint,
    *,
    reused: bool,
    stages: frozenset[Stage],
    checks: frozenset[str],
    more: Json | None = None,
) -> Iterator[dg.AssetMaterialization | dg.AssetCheckEvaluation]:
    """The events of a finished stage, as far as the run selected them: the materialization first, then its checks."""
    if checkpoint.stage in stages:
        yield materialization(checkpoint, reused=reused, more=more)
    for result in checkpoint.checks:
        if result.check in checks:
            yield evaluation(checkpoint.stage, checkpoint.meeting_id, result)


def metadata(values: Json) -> dict[str, Any]:
    """Values as Dagster metadata: absent ones left out, document locations as paths or links."""
    shown: dict[str, Any] = {}
    for name, value in values.items():
        if value is None:
            continue
        if name == "document":
            text = str(value)
            shown[name] = dg.MetadataValue.url(text) if "://" in text else dg.MetadataValue.path(text)
        else:
            shown[name] = value
    return shown
